import { KIND } from '../api/kinds.ts';
import { holderOf } from '../api/offer.ts';
import { Problem } from '../api/problem.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore, EvidenceStoreStatus } from '../api/types.gen.ts';
import { createStoreAccess } from '../evidence/access.ts';
import { openEvidenceStore, providerOf, storeSettings } from '../evidence/open.ts';
import { probe } from '../evidence/probe.ts';
import type { EvidenceBytes } from '../evidence/store.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, conflictOver, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';

const CHECK_MINUTES = 30;
/** Of a default that something stands in for: the sooner it is known to fail, the fewer runs are opened with it. */
const CHECK_DEFAULT_MINUTES = 1;
const RECHECK_FAILED_MINUTES = 0.5;

/** Probes a store when its spec changed, and again after a time. */
export async function reconcileEvidenceStore(context: OperatorContext, store: EvidenceStore): Promise<ReconcileResult> {
  const now = context.now();
  const minutes = checkMinutes(context, store);
  const wait = dueIn(store, minutes, now);
  const conflict = roleConflict(context, store);
  const isKnown = store.status?.observedGeneration === store.metadata.generation;
  const lastReason = store.status?.conditions?.[0]?.reason;
  // A conflict over a role shows or goes without anything having happened to the store itself.
  const conflictChanged = (conflict !== undefined) !== (lastReason === REASON.InvalidSpec);
  if (isKnown && !conflictChanged && wait > 0) return { requeueAfterMs: wait };
  const finding = conflict ?? (await examine(context, store));
  const { generation = 0 } = store.metadata;
  const conditions = conditionsFor(finding, generation, store.status?.conditions, now);
  const status: EvidenceStoreStatus = {
    observedGeneration: generation,
    provider: providerOf(store),
    lastCheckTime: now.toISOString(),
    conditions,
  };
  recordTransition(context.events, store, KIND.EvidenceStore.kind, conditions);
  await applyStatus(context.client, KIND.EvidenceStore, store, status, {
    fieldManager: OPERATOR_MANAGER,
    unchanged: true,
  });
  return { requeueAfterMs: jittered(finding.state === 'ready' ? minutes : RECHECK_FAILED_MINUTES) };
}

/** Between two probes of a store that is Ready. */
function checkMinutes({ stores }: OperatorContext, { spec }: EvidenceStore): number {
  const hasStandIn = spec.default === true && holderOf('fallback', stores.evidenceStores.list()) !== undefined;
  return hasStandIn ? CHECK_DEFAULT_MINUTES : CHECK_MINUTES;
}

/** Milliseconds until the next probe of a store that is known. */
function dueIn(store: EvidenceStore, readyMinutes: number, now: Date): number {
  const last = store.status?.lastCheckTime;
  if (last === undefined) return 0;
  const minutes = store.status?.conditions?.[0]?.status === 'True' ? readyMinutes : RECHECK_FAILED_MINUTES;
  // A tenth earlier than the jitter can make it, so that a due probe isn't put off once more.
  const wait = minutes * 0.85 * 60_000;
  const since = now.getTime() - Date.parse(last);
  // A probe in the future was made by a clock that was wrong; nobody would look again until then.
  return since < 0 ? 0 : wait - since;
}

function roleConflict({ stores }: OperatorContext, store: EvidenceStore): Finding | undefined {
  const all = stores.evidenceStores.list();
  return conflictOver('EvidenceStore', 'default', all, store) ?? conflictOver('EvidenceStore', 'fallback', all, store);
}

async function examine(context: OperatorContext, store: EvidenceStore): Promise<Finding> {
  const failed = (message: string): Finding => ({ state: 'stalled', reason: REASON.ProbeFailed, message });
  const access = createStoreAccess(context.client, context.namespace, context.webIdentity);
  let bytes: EvidenceBytes;
  try {
    bytes = await openEvidenceStore(await storeSettings(store, access));
  } catch (error) {
    if (error instanceof Problem) return failed(error.message);
    throw error;
  }
  const result = await probe(bytes, Buffer.from(`a probe of the evidence store ${store.metadata.uid}`));
  if (!result.ok) return failed(result.message);
  const done = result.removed
    ? 'a probe object was written, read and removed'
    : 'a probe object was written and read; the store does not remove what it has';
  return { state: 'ready', message: `${done}${await sweep(context, bytes)}` };
}

/** Removes what killed receivers left unfinished. It takes room and nothing more: a failure is only told. */
async function sweep({ log, now }: OperatorContext, bytes: EvidenceBytes): Promise<string> {
  try {
    const removed = await bytes.sweep(now().getTime());
    if (removed > 0) log.info({ removed }, 'Abandoned uploads removed');
    return '';
  } catch (error) {
    return `; abandoned uploads could not be removed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
