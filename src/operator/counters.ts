import { isHeld } from '../api/legal-hold.ts';
import { isFinished, verdictOf } from '../api/run-verdict.ts';
import type { WorkflowRun, WorkflowStatus } from '../api/types.gen.ts';

export type RunFacts = Pick<WorkflowStatus, 'runs' | 'successRate' | 'lastRun'>;

const startOf = ({ metadata, status }: WorkflowRun): string => status?.startTime ?? metadata.creationTimestamp ?? '';

/** When the verdict fell: a long run that has just got it is the newest, and somebody waits to read it. */
export const endOf = (run: WorkflowRun): string => run.status?.finishTime ?? startOf(run);

const byEnd = (a: WorkflowRun, b: WorkflowRun): number =>
  endOf(b).localeCompare(endOf(a)) || b.metadata.name.localeCompare(a.metadata.name);

const byStart = (a: WorkflowRun, b: WorkflowRun): number =>
  startOf(b).localeCompare(startOf(a)) || b.metadata.name.localeCompare(a.metadata.name);

/** The run whose verdict fell last. */
export const lastFinished = (runs: readonly WorkflowRun[]): WorkflowRun | undefined =>
  runs.filter(isFinished).toSorted(byEnd)[0];

/** What the kept runs of a workflow add up to. Counted anew each time, so nothing is ever counted twice. */
export function countRuns(runs: readonly WorkflowRun[]): RunFacts {
  const verdicts = runs.map((run) => verdictOf(run).status);
  const succeeded = verdicts.filter((verdict) => verdict === 'True').length;
  const failed = verdicts.filter((verdict) => verdict === 'False').length;
  const finished = succeeded + failed;
  const last = runs.toSorted(byStart)[0];
  return {
    runs: { total: runs.length, active: runs.length - finished, succeeded, failed },
    ...(finished === 0 ? {} : { successRate: `${Math.floor((100 * succeeded) / finished)}%` }),
    ...(last === undefined ? {} : { lastRun: describe(last) }),
  };
}

function describe(run: WorkflowRun): NonNullable<WorkflowStatus['lastRun']> {
  const result = verdictOf(run).reason;
  const { finishTime } = run.status ?? {};
  return {
    name: run.metadata.name,
    result,
    startTime: startOf(run),
    ...(finishTime === undefined ? {} : { finishTime }),
  };
}

/** The finished runs over the limit, the oldest first. Open runs and those under a legal hold don't count and are never among them. */
export function prunableRuns(runs: readonly WorkflowRun[], limit: number): readonly WorkflowRun[] {
  const finished = runs.filter((run) => isFinished(run) && !isHeld(run)).toSorted(byEnd);
  return finished.slice(limit).reverse();
}
