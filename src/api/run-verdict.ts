import { CONDITION, type Condition, findCondition } from './conditions.ts';
import type { WorkflowRun } from './types.gen.ts';

const OPEN = { status: 'Unknown', reason: 'Crafting', message: 'the run is open' } as const;

/** The condition Succeeded; a run that has none yet is open. */
export const verdictOf = (run: WorkflowRun): Pick<Condition, 'status' | 'reason' | 'message'> =>
  findCondition(run.status?.conditions, CONDITION.Succeeded) ?? OPEN;

export const isFinished = (run: WorkflowRun): boolean => verdictOf(run).status !== 'Unknown';

/** Whether it may be removed here without being lost. */
export const isArchived = (run: WorkflowRun): boolean =>
  findCondition(run.status?.conditions, CONDITION.Archived)?.status === 'True';
