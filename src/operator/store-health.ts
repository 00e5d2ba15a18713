import { CONDITION, findCondition } from '../api/conditions.ts';
import { movedTo } from '../api/moved.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';

/** Whether the last probe of a store failed; one that wasn't looked at yet hasn't. */
export const isFailing = ({ status }: EvidenceStore): boolean =>
  findCondition(status?.conditions, CONDITION.Ready)?.reason === REASON.ProbeFailed;

export const isReady = ({ status }: EvidenceStore): boolean =>
  findCondition(status?.conditions, CONDITION.Ready)?.status === 'True';

/** What of a store's status matters to workflows and to other stores. */
export const healthOf = (store: EvidenceStore): string =>
  JSON.stringify([isFailing(store), isReady(store), movedTo(store)]);
