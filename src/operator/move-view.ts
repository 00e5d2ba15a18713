import { CONDITION, type ConditionClaim, findCondition } from '../api/conditions.ts';
import type { MoveStatus } from '../api/moved.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { Listed } from '../evidence/copy.ts';
import { clipMessage } from './conditions.ts';
import type { Copying } from './copies.ts';
import { totalOf } from './move-copying.ts';
import type { Obstacle } from './move-obstacle.ts';

/** What is told of moving a store. */
export interface MoveView {
  readonly claim: Omit<ConditionClaim, 'observedGeneration'>;
  readonly status: MoveStatus;
  /** Look again after this time, in milliseconds; absent, when something changes. */
  readonly dueMs?: number;
}

/** It serves itself, for this reason. What was copied before still counts. */
export function standing(store: EvidenceStore, to: string, why: Obstacle, dueMs?: number): MoveView {
  const { move } = store.status ?? {};
  const status = move?.to === to ? move : { to };
  return { claim: claimOf('False', why), status, ...(dueMs === undefined ? {} : { dueMs }) };
}

/** The other store serves the name. */
export const moved = (status: MoveStatus, message: string, dueMs?: number): MoveView => ({
  claim: claimOf('True', { reason: REASON.Copied, message }),
  status,
  ...(dueMs === undefined ? {} : { dueMs }),
});

/** As it was told before. */
export function unchanged({ status }: EvidenceStore, dueMs: number): MoveView | undefined {
  const claim = findCondition(status?.conditions, CONDITION.Moved);
  return claim === undefined || status?.move === undefined ? undefined : { claim, status: status.move, dueMs };
}

const claimOf = (status: 'True' | 'False', { reason, message }: Obstacle): MoveView['claim'] => ({
  type: CONDITION.Moved,
  status,
  reason,
  message: clipMessage(message),
});

/** The figures of a look at all objects, and of those before it. */
export const statusOf = (to: string, copying: Copying): MoveStatus => ({
  to,
  ...totalOf(copying),
  present: copying.tally.present,
  damaged: copying.tally.damaged.count,
  tooLarge: copying.tally.tooLarge.count,
  missing: copying.tally.missing.count,
});

/** `12 objects (3 MiB) copied, 5 were there`. */
export const figuresOf = ({ copied = 0, bytes = 0, present = 0 }: MoveStatus): string =>
  `${copied} objects (${Math.round(bytes / 2 ** 20)} MiB) copied, ${present} were there`;

/** What was left out and keeps a store from being moved. */
export function leftOut({ spec }: EvidenceStore, to: string, { tally }: Copying): Obstacle | undefined {
  const { damaged, missing, tooLarge } = tally;
  const isGivenUp = spec.movedTo?.leaveDamaged === true;
  const giveUp = 'or give them up with spec.movedTo.leaveDamaged';
  const found: readonly (Obstacle | undefined)[] = [
    isGivenUp
      ? undefined
      : left(
          REASON.ObjectsMissing,
          missing,
          `that runs refer to are missing: see that the right place is mounted, ${giveUp}`,
        ),
    isGivenUp
      ? undefined
      : left(
          REASON.ObjectsDamaged,
          damaged,
          `are damaged: put them back from a backup or hand them in again, ${giveUp}`,
        ),
    left(REASON.ObjectsTooLarge, tooLarge, `are larger than '${to}' takes; raise its spec.maxBlobSize`),
  ];
  const [first, ...others] = found.filter((each) => each !== undefined);
  if (first === undefined) return undefined;
  return { reason: first.reason, message: [first, ...others].map(({ message }) => message).join('; ') };
}

const left = (reason: Obstacle['reason'], list: Listed, what: string): Obstacle | undefined =>
  list.count === 0 ? undefined : { reason, message: `${some(list)} ${what}` };

function some({ count, examples }: Listed): string {
  const more = count - examples.length;
  return `${count} objects (${examples.join(', ')}${more > 0 ? `, and ${more} more` : ''})`;
}
