import { movedTo } from '../api/moved.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { OperatorContext } from './context.ts';
import type { Copying } from './copies.ts';
import { beginCopying, keyOf } from './move-copying.ts';
import { followLeftovers } from './move-leftovers.ts';
import { noStore, obstacleTo } from './move-obstacle.ts';
import { figuresOf, leftOut, type MoveView, moved, standing, statusOf, unchanged } from './move-view.ts';

/** Progress is told of this often, in milliseconds, and more often at the beginning. */
const TELL_MS = 5_000;
const TELL_FIRST_MS = 500;
const FIRST_MS = 10_000;
const RETRY_MS = 30_000;
/** Objects that stand in the way are mended elsewhere, where nothing tells of it. */
const LOOK_AGAIN_MS = 60_000;

/** Goes on with moving a store, if it is to be moved: begins to copy if that is due, and tells how far it is. */
export async function followMove(
  context: OperatorContext,
  store: EvidenceStore,
  now: Date,
): Promise<MoveView | undefined> {
  const { uid = '' } = store.metadata;
  const to = store.spec.movedTo?.name;
  if (to === undefined) {
    context.copies.stop(uid);
    return undefined;
  }
  if (movedTo(store) !== undefined) return followLeftovers(context, store, to, now);
  const stores = context.stores.evidenceStores;
  const target = stores.get({ name: to });
  const obstacle = target === undefined ? noStore(to) : obstacleTo(store, target, stores.list());
  if (obstacle !== undefined || target === undefined) {
    context.copies.stop(uid);
    return obstacle === undefined ? undefined : standing(store, to, obstacle);
  }
  const found = context.copies.get(uid);
  const isOver = found === undefined || found.key !== keyOf(store, target) || waitOf(store, to, found) <= 0;
  const copying = isOver ? await beginCopying(context, store, target, now) : found;
  return 'reason' in copying ? standing(store, to, copying, RETRY_MS) : viewOf(store, to, copying, now);
}

/** How long it is until copying begins anew, in milliseconds. */
function waitOf(store: EvidenceStore, to: string, copying: Copying): number {
  const { ended } = copying;
  if (ended === undefined) return Number.POSITIVE_INFINITY;
  const since = performance.now() - ended.at;
  if (ended.failure !== undefined) return RETRY_MS - since;
  return leftOut(store, to, copying) === undefined ? Number.POSITIVE_INFINITY : LOOK_AGAIN_MS - since;
}

function viewOf(store: EvidenceStore, to: string, copying: Copying, now: Date): MoveView {
  const status = statusOf(to, copying);
  if (copying.ended === undefined) return progressOf(store, to, copying, now);
  const { failure } = copying.ended;
  const dueMs = waitOf(store, to, copying);
  if (failure !== undefined) {
    const message = `${figuresOf(status)}, then: ${failure}; it is tried again`;
    return { ...standing(store, to, { reason: REASON.CopyFailed, message }, dueMs), status };
  }
  const left = leftOut(store, to, copying);
  if (left !== undefined) return { ...standing(store, to, left, dueMs), status };
  return moved(
    { ...status, passTime: copying.began.toISOString() },
    `'${to}' serves its name: ${figuresOf(status)}`,
    0,
  );
}

function progressOf(store: EvidenceStore, to: string, copying: Copying, now: Date): MoveView {
  const isFirst = now.getTime() - copying.began.getTime() < FIRST_MS;
  const every = isFirst ? TELL_FIRST_MS : TELL_MS;
  const since = performance.now() - copying.toldAt;
  const before = since < every ? unchanged(store, every - since) : undefined;
  // Each write of the status brings the store back here at once, to tell of what was copied meanwhile.
  if (before !== undefined) return before;
  copying.toldAt = performance.now();
  const status = statusOf(to, copying);
  const message = `copying to '${to}': ${figuresOf(status)}`;
  return { ...standing(store, to, { reason: REASON.Copying, message }, every), status };
}
