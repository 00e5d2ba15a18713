import { CONDITION, type Condition, type ConditionClaim, findCondition, settleConditions } from './conditions.ts';
import type { WorkflowRun } from './types.gen.ts';

const OPEN = { status: 'Unknown', reason: 'Crafting', message: 'the run is open' } as const;

/** The condition Succeeded; a run that has none yet is open. */
export const verdictOf = (run: WorkflowRun): Pick<Condition, 'status' | 'reason' | 'message'> =>
  findCondition(run.status?.conditions, CONDITION.Succeeded) ?? OPEN;

/** The condition Succeeded, and what is claimed with it. */
export type VerdictClaims = readonly [
  ConditionClaim & { readonly type: typeof CONDITION.Succeeded },
  ...(readonly ConditionClaim[]),
];

/** What the status of a run says of its verdict: the conditions, and the result, by which runs are selected. */
export function settleVerdict(
  run: WorkflowRun,
  claims: VerdictClaims,
  now: string,
): { readonly result: string; readonly conditions: readonly Condition[] } {
  return { result: claims[0].reason, conditions: settleConditions(run.status?.conditions, claims, now) };
}

export const isFinished = (run: WorkflowRun): boolean => verdictOf(run).status !== 'Unknown';

/** Whether it may be removed here without being lost. */
export const isArchived = (run: WorkflowRun): boolean =>
  findCondition(run.status?.conditions, CONDITION.Archived)?.status === 'True';
