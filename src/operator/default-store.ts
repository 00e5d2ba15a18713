import { defaultOf } from '../api/offer.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { Workflow } from '../api/types.gen.ts';
import type { OperatorContext } from './context.ts';
import { mayUse } from './may-use.ts';

export type StoreChoice =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

/** The store for new runs of a workflow: the one that it names, else the default, if its namespace may use it. */
export async function chooseStore(context: OperatorContext, workflow: Workflow): Promise<StoreChoice> {
  const wanted = workflow.spec.evidenceStoreRef?.name;
  const all = context.stores.evidenceStores;
  const store = wanted === undefined ? defaultOf(all.list()) : all.get({ name: wanted });
  if (store === undefined) {
    const message =
      wanted === undefined
        ? 'no EvidenceStore is the default; create one with spec.default: true, or name one in spec.evidenceStoreRef'
        : `there is no EvidenceStore '${wanted}'; see: kubectl get evidencestores`;
    return { ok: false, reason: REASON.StoreNotFound, message };
  }
  if (await mayUse(context, store, workflow.metadata.namespace ?? '')) return { ok: true, name: store.metadata.name };
  const message = `the EvidenceStore '${store.metadata.name}' is not for the namespace '${workflow.metadata.namespace}'; its spec.namespaces says which`;
  return { ok: false, reason: REASON.StoreNotFound, message };
}
