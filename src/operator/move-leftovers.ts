import { CONDITION, findCondition } from '../api/conditions.ts';
import type { MoveStatus } from '../api/moved.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { ABANDONED_MS } from '../evidence/store.ts';
import type { OperatorContext } from './context.ts';
import type { Copying } from './copies.ts';
import { beginCopying } from './move-copying.ts';
import { type MoveView, moved, statusOf } from './move-view.ts';
import { servedBy } from './store-roles.ts';

/** Between the move and the first look for uploads that were on their way, in milliseconds. */
const FIRST_MS = 60_000;
const RETRY_MS = 300_000;
/** Whether a look is over. */
const POLL_MS = 2_000;
/** A place that can't be read is given up then. */
const GIVEN_UP_MS = 7 * ABANDONED_MS;

/**
 * Copies what came to a store that was moved after everything else had been copied, by uploads that began before. It looks
 * after a minute, and each time after as long again as it is since the move, until a day is over.
 */
export async function followLeftovers(
  context: OperatorContext,
  store: EvidenceStore,
  to: string,
  now: Date,
): Promise<MoveView> {
  const { move = { to }, conditions } = store.status ?? {};
  const served = `'${to}' serves its name`;
  if (move.completedTime !== undefined) return moved(move, `${served}; its own place is not needed any more`);
  const since = Date.parse(findCondition(conditions, CONDITION.Moved)?.lastTransitionTime ?? '');
  const copying = context.copies.get(store.metadata.uid ?? '');
  const status = told(move, copying);
  const last = Math.max(since, Date.parse(status.passTime ?? ''));
  if (last - since >= ABANDONED_MS || now.getTime() - since >= GIVEN_UP_MS) {
    return moved({ ...status, completedTime: now.toISOString() }, `${served}; its own place is not needed any more`);
  }
  const until = new Date(since + ABANDONED_MS).toISOString();
  const looking = `${served}; its own place is looked through for late uploads until ${until}`;
  if (copying !== undefined && copying.ended === undefined) return moved(status, looking, POLL_MS);
  const failure = copying?.ended?.failure;
  const waitMs =
    copying?.ended === undefined || failure === undefined
      ? last + Math.max(FIRST_MS, last - since) - now.getTime()
      : copying.ended.at + RETRY_MS - performance.now();
  const unread = (why: string): string => `${looking}, but can't be read: ${why}`;
  if (waitMs > 0) return moved(status, failure === undefined ? looking : unread(failure), waitMs);
  const target = servedBy(context.stores, store);
  if (target === undefined) return moved(status, `${served}, but does not exist any more`, RETRY_MS);
  const begun = await beginCopying(context, store, target, now);
  return 'reason' in begun ? moved(status, unread(begun.message), RETRY_MS) : moved(status, looking, POLL_MS);
}

/** The figures of the last look that came to an end. */
function told(move: MoveStatus, copying: Copying | undefined): MoveStatus {
  if (copying?.ended === undefined || copying.ended.failure !== undefined) return move;
  return { ...statusOf(move.to, copying), passTime: copying.began.toISOString() };
}
