import { CONDITION, type ConditionClaim, settleConditions } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { movedTo } from '../api/moved.ts';
import { Problem } from '../api/problem.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore, EvidenceStoreStatus } from '../api/types.gen.ts';
import { createStoreAccess } from '../evidence/access.ts';
import { openEvidenceStore, providerOf, storeSettings } from '../evidence/open.ts';
import { probe } from '../evidence/probe.ts';
import type { EvidenceBytes } from '../evidence/store.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { claimsOf, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { isReady } from './store-health.ts';
import { followMove } from './store-move.ts';
import { roleConflict, roleHolder, servedBy } from './store-roles.ts';

const CHECK_MINUTES = 30;
/** Of a default that something stands in for: the sooner it is known to fail, the fewer runs are opened with it. */
const CHECK_DEFAULT_MINUTES = 1;
const RECHECK_FAILED_MINUTES = 0.5;

/** Probes a store when its spec changed, and again after a time, and moves one that is to be moved. */
export async function reconcileEvidenceStore(context: OperatorContext, store: EvidenceStore): Promise<ReconcileResult> {
  const now = context.now();
  const { generation = 0 } = store.metadata;
  const all = context.stores.evidenceStores.list();
  context.copies.keepOnly(new Set(all.map(({ metadata }) => metadata.uid ?? '')));
  const health = movedTo(store) === undefined ? await checked(context, store, now) : served(context, store);
  const move = await followMove(context, store, now);
  const claims = [...health.claims, ...(move === undefined ? [] : [{ ...move.claim, observedGeneration: generation }])];
  const conditions = settleConditions(store.status?.conditions, claims, now.toISOString());
  const lastCheckTime = health.checkedAt ?? store.status?.lastCheckTime;
  const status: EvidenceStoreStatus = {
    observedGeneration: generation,
    provider: providerOf(store),
    ...(lastCheckTime === undefined ? {} : { lastCheckTime }),
    ...(move === undefined ? {} : { move: move.status }),
    conditions,
  };
  for (const type of [CONDITION.Ready, CONDITION.Moved]) {
    recordTransition(context.events, store, KIND.EvidenceStore.kind, conditions, type);
  }
  await applyStatus(context.client, KIND.EvidenceStore, store, status, {
    fieldManager: OPERATOR_MANAGER,
    unchanged: true,
  });
  const dueMs = Math.min(health.dueMs, move?.dueMs ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(dueMs) ? { requeueAfterMs: dueMs } : {};
}

interface Health {
  readonly claims: readonly ConditionClaim[];
  /** RFC 3339; absent, it wasn't looked at now. */
  readonly checkedAt?: string;
  /** Milliseconds. */
  readonly dueMs: number;
}

/** What a store is by a probe, if one is due, or was by the last one. */
async function checked(context: OperatorContext, store: EvidenceStore, now: Date): Promise<Health> {
  const { generation = 0 } = store.metadata;
  const minutes = checkMinutes(context, store);
  const dueMs = dueIn(store, minutes, now);
  const conflict = roleConflict(context.stores.evidenceStores.list(), store);
  const isKnown = store.status?.observedGeneration === generation;
  const lastReason = store.status?.conditions?.[0]?.reason;
  // A conflict over a role shows or goes without anything having happened to the store itself.
  const conflictChanged = (conflict !== undefined) !== (lastReason === REASON.InvalidSpec);
  if (isKnown && !conflictChanged && dueMs > 0) {
    const claims = (store.status?.conditions ?? []).filter(({ type }) => type !== CONDITION.Moved);
    return { claims, dueMs };
  }
  const finding = conflict ?? (await examine(context, store));
  return {
    claims: claimsOf(finding, generation),
    checkedAt: now.toISOString(),
    dueMs: jittered(finding.state === 'ready' ? minutes : RECHECK_FAILED_MINUTES),
  };
}

/** A store that was moved is as good as the one that serves its name, whatever became of its own place. */
function served({ stores }: OperatorContext, store: EvidenceStore): Health {
  const serving = servedBy(stores, store);
  return { claims: claimsOf(servedFinding(serving, store), store.metadata.generation ?? 0), dueMs: Infinity };
}

function servedFinding(serving: EvidenceStore | undefined, store: EvidenceStore): Finding {
  if (serving === undefined) {
    const message = `it was moved to '${movedTo(store)}', and there is no such EvidenceStore any more, or none behind it`;
    return { state: 'stalled', reason: REASON.StoreNotFound, message };
  }
  const where = `the EvidenceStore '${serving.metadata.name}', which it was moved to,`;
  if (isReady(serving)) return { state: 'ready', message: `${where} is Ready` };
  return { state: 'waiting', reason: REASON.TargetNotReady, message: `${where} is not Ready` };
}

/** Between two probes of a store that is Ready. */
function checkMinutes({ stores }: OperatorContext, store: EvidenceStore): number {
  const all = stores.evidenceStores.list();
  if (roleHolder('fallback', all) === undefined) return CHECK_MINUTES;
  const holder = roleHolder('default', all);
  const isDefault = holder !== undefined && servedBy(stores, holder) === store;
  return isDefault ? CHECK_DEFAULT_MINUTES : CHECK_MINUTES;
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
