import { CONDITION, findCondition } from '../api/conditions.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';

/** Whether the last probe of a store failed; one that wasn't looked at yet hasn't. */
export const isFailing = ({ status }: EvidenceStore): boolean =>
  findCondition(status?.conditions, CONDITION.Ready)?.reason === REASON.ProbeFailed;

export const isReady = ({ status }: EvidenceStore): boolean =>
  findCondition(status?.conditions, CONDITION.Ready)?.status === 'True';

/** What of a store's status decides where workflows that name none go. */
export function healthOf(store: EvidenceStore): string {
  if (store.spec.default === true) return isFailing(store) ? 'failing' : 'good';
  if (store.spec.fallback === true) return isReady(store) ? 'ready' : 'not ready';
  return '';
}
