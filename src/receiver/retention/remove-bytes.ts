import { setTimeout as sleep } from 'node:timers/promises';
import { KIND } from '../../api/kinds.ts';
import { digestsOf } from '../../api/run-evidence.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { forgetReleased, isReferenced, unreferenced } from '../../archive/release.ts';
import type { ArchiveDatabase, ReleasedTable } from '../../archive/tables.ts';
import type { Digest } from '../../evidence/store.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isStatus } from '../../kube/error.ts';
import type { Store } from '../../kube/store.ts';
import type { AuditLog } from '../../telemetry/audit.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Stores } from '../stores.ts';
import type { Announced, AnnouncedRemovals } from './announced.ts';

export interface RemoveBytesOptions {
  readonly client: KubeClient;
  readonly database: ArchiveDatabase;
  readonly runs: Store<WorkflowRun>;
  readonly stores: Stores;
  readonly removals: AnnouncedRemovals;
  /** Between announcing and removing, in milliseconds. */
  readonly settleMs: number;
  /** Whether this receiver is still the one that may. */
  readonly isLeader: () => boolean;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** So long an upload that had looked at the list before may take until its run refers to what it has stored. */
export const SETTLE_MS = 5 * 60_000;
/** A list of these many has some 75 KB. */
const BATCH = 1_000;

/**
 * Removes the objects of these stores that nothing refers to any more, with nobody losing what he is handing in meanwhile: they
 * are announced first, so that uploads of the same bytes take them off the list; after a while nobody is under way any more who
 * didn't know; then nothing can be taken off, everything that still is on it is looked up once more, in the archive and in the API
 * server, and what is referred to stays. Returns how many objects of each store were removed. Throws at the signal.
 */
export async function removeReleased(
  options: RemoveBytesOptions,
  stores: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  // What a receiver has announced that ended before it was done is found again.
  await abandonRemovals(options.removals);
  for (;;) {
    const batch = await nextBatch(options, stores);
    if (batch.length === 0) return counts;
    const removed = await removeBatch(options, batch);
    if (removed.length === 0) return counts;
    for (const { store } of removed) counts.set(store, (counts.get(store) ?? 0) + 1);
  }
}

/** Nothing is being removed any more. */
export async function abandonRemovals(removals: AnnouncedRemovals): Promise<void> {
  const { stores } = await removals.read();
  if (stores.size > 0) await removals.clear();
}

async function removeBatch(
  options: RemoveBytesOptions,
  batch: readonly ReleasedTable[],
): Promise<readonly ReleasedTable[]> {
  const { removals, settleMs, signal, isLeader } = options;
  await removals.announce(batch, await removals.read());
  try {
    await sleep(settleMs, undefined, { signal });
    return await removeListed(options, await begun(removals));
  } finally {
    if (isLeader()) await removals.clear();
  }
}

/** Those that the watch knows a run for aren't worth the wait. */
async function nextBatch(
  { database, runs }: RemoveBytesOptions,
  stores: readonly string[],
): Promise<readonly ReleasedTable[]> {
  const batch: ReleasedTable[] = [];
  let after: ReleasedTable | undefined;
  for (;;) {
    const page = await unreferenced(database, stores, BATCH, after);
    batch.push(...page.filter(({ digest }) => runs.byIndex('digest', digest).length === 0));
    if (batch.length >= BATCH || page.length < BATCH) return batch.slice(0, BATCH);
    after = page.at(-1);
  }
}

/** From here on nothing is taken off the list. */
async function begun(removals: AnnouncedRemovals): Promise<Announced> {
  for (;;) {
    const list = await removals.read();
    if (list.phase === 'removing') return list;
    try {
      await removals.begin(list);
      return list;
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
    }
  }
}

async function removeListed(options: RemoveBytesOptions, { stores }: Announced): Promise<readonly ReleasedTable[]> {
  if (stores.size === 0) return [];
  const { client, database, signal } = options;
  // Asked of the API server, and not of the watch, which may be behind.
  const runs = await client.list<WorkflowRun>(KIND.WorkflowRun);
  const live = new Set(runs.flatMap(digestsOf));
  const removed: ReleasedTable[] = [];
  for (const [digest, names] of stores) {
    if (live.has(digest) || (await isReferenced(database, digest))) continue;
    signal.throwIfAborted();
    await assertRemoving(options, digest);
    for (const store of names) {
      if (!(await removeObject(options, store, digest as Digest))) continue;
      options.audit.note({ action: 'EvidenceRemoved', verdict: 'Allowed', what: { store, digest } });
      removed.push({ store, digest });
    }
  }
  return removed;
}

/** Whoever has taken over, or has taken the list away, no longer has others refused what is on it. */
async function assertRemoving({ isLeader, removals }: RemoveBytesOptions, digest: string): Promise<void> {
  const { phase, stores } = await removals.read();
  if (isLeader() && phase === 'removing' && stores.has(digest)) return;
  throw new Error('another receiver removes now, or somebody has changed the list of what is removed');
}

/** One that can't be removed now is tried again another time, and holds up no other. */
async function removeObject(
  { stores, database, log }: RemoveBytesOptions,
  store: string,
  digest: Digest,
): Promise<boolean> {
  try {
    const { bytes } = await stores.get(store);
    const isRemoved = await bytes.remove(digest);
    await forgetReleased(database, { store, digest });
    return isRemoved;
  } catch (error) {
    log.warn({ store, digest, err: error }, 'Object not removed');
    return false;
  }
}
