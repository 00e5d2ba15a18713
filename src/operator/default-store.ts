import { defaultOf, holderOf } from '../api/offer.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { EvidenceStore, Workflow } from '../api/types.gen.ts';
import type { OperatorContext } from './context.ts';
import { mayUse } from './may-use.ts';
import { isFailing, isReady } from './store-health.ts';

export type StoreChoice =
  /** `note`: why it isn't the one that was to be expected. */
  | { readonly ok: true; readonly name: string; readonly note?: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

/** The store for new runs of a workflow: the one that it names, else the default or what stands in for it, if its namespace may use it. */
export async function chooseStore(context: OperatorContext, workflow: Workflow): Promise<StoreChoice> {
  const wanted = workflow.spec.evidenceStoreRef?.name;
  const namespace = workflow.metadata.namespace ?? '';
  const all = context.stores.evidenceStores;
  const store = wanted === undefined ? defaultOf(all.list()) : all.get({ name: wanted });
  if (store === undefined) {
    const message =
      wanted === undefined
        ? 'no EvidenceStore is the default; create one with spec.default: true, or name one in spec.evidenceStoreRef'
        : `there is no EvidenceStore '${wanted}'; see: kubectl get evidencestores`;
    return { ok: false, reason: REASON.StoreNotFound, message };
  }
  if (!(await mayUse(context, store, namespace))) {
    const message = `the EvidenceStore '${store.metadata.name}' is not for the namespace '${namespace}'; its spec.namespaces says which`;
    return { ok: false, reason: REASON.StoreNotFound, message };
  }
  const { name } = store.metadata;
  if (wanted !== undefined || !isFailing(store)) return { ok: true, name };
  return (await standIn(context, store, namespace)) ?? { ok: true, name };
}

/** The fallback in place of a default that can't be written. */
async function standIn(
  context: OperatorContext,
  failing: EvidenceStore,
  namespace: string,
): Promise<StoreChoice | undefined> {
  const fallback = holderOf('fallback', context.stores.evidenceStores.list());
  if (fallback === undefined || !isReady(fallback) || !(await mayUse(context, fallback, namespace))) return undefined;
  const { name } = fallback.metadata;
  // Not in the provider's words: they may differ from probe to probe, and who reads workflows need not know them.
  const note = `evidence goes to the fallback '${name}', since the EvidenceStore '${failing.metadata.name}' is not Ready`;
  return { ok: true, name, note };
}
