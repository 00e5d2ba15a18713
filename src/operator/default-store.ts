import { REASON, type Reason } from '../api/reasons.ts';
import type { EvidenceStore, Workflow } from '../api/types.gen.ts';
import type { OperatorContext } from './context.ts';
import { mayUse } from './may-use.ts';
import { isFailing, isReady } from './store-health.ts';
import { roleHolder, servedBy } from './store-roles.ts';

export type StoreChoice =
  /** `note`: why it isn't the one that was to be expected. */
  | { readonly ok: true; readonly name: string; readonly note?: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

/**
 * The store for new runs of a workflow: the one that it names, else the default or what stands in for it, if its namespace may
 * use it. Of one that was moved, the one that it was moved to.
 */
export async function chooseStore(context: OperatorContext, workflow: Workflow): Promise<StoreChoice> {
  const wanted = workflow.spec.evidenceStoreRef?.name;
  const all = context.stores.evidenceStores;
  const named = wanted === undefined ? roleHolder('default', all.list()) : all.get({ name: wanted });
  if (named === undefined) {
    return notFound(
      wanted === undefined
        ? 'no EvidenceStore is the default; create one with spec.default: true, or name one in spec.evidenceStoreRef'
        : `there is no EvidenceStore '${wanted}'; see: kubectl get evidencestores`,
    );
  }
  const choice = await resolve(context, named, workflow);
  if (!choice.ok || wanted !== undefined || !isFailing(choice.store)) return choiceOf(choice, named);
  const fallback = roleHolder('fallback', all.list());
  const standIn = fallback === undefined ? undefined : await resolve(context, fallback, workflow);
  if (standIn?.ok !== true || !isReady(standIn.store)) return choiceOf(choice, named);
  const { name } = standIn.store.metadata;
  // Not in the provider's words: they may differ from probe to probe, and who reads workflows need not know them.
  const note = `evidence goes to the fallback '${name}', since the EvidenceStore '${choice.store.metadata.name}' is not Ready`;
  return { ok: true, name, note };
}

type Resolved = { readonly ok: true; readonly store: EvidenceStore } | Extract<StoreChoice, { readonly ok: false }>;

/** The store itself or the one that it was moved to, if the namespace may use both. */
async function resolve(context: OperatorContext, named: EvidenceStore, { metadata }: Workflow): Promise<Resolved> {
  const { namespace = '' } = metadata;
  const store = servedBy(context.stores, named);
  if (store === undefined) {
    return notFound(`the EvidenceStore '${named.metadata.name}' was moved to one that does not exist any more`);
  }
  for (const each of new Set([named, store])) {
    if (await mayUse(context, each, namespace)) continue;
    return notFound(
      `the EvidenceStore '${each.metadata.name}' is not for the namespace '${namespace}'; its spec.namespaces says which`,
    );
  }
  return { ok: true, store };
}

function choiceOf(choice: Resolved, named: EvidenceStore): StoreChoice {
  if (!choice.ok) return choice;
  const { name } = choice.store.metadata;
  if (choice.store === named) return { ok: true, name };
  return { ok: true, name, note: `evidence goes to '${name}', which '${named.metadata.name}' was moved to` };
}

const notFound = (message: string): Extract<StoreChoice, { readonly ok: false }> => ({
  ok: false,
  reason: REASON.StoreNotFound,
  message,
});
