import { formatDuration, parseDuration } from '../../api/duration.ts';
import { HEALTH_REASON } from '../../api/reasons.ts';
import type { WorkflowSpec } from '../../api/types.gen.ts';
import type { Finding } from './findings.ts';
import { type AcceptedRun, type FinishedRun, type History, SAMPLE } from './history.ts';
import { isTooLow } from './rates.ts';
import { inSeconds, usualDuration } from './usual.ts';

export type Expectations = NonNullable<WorkflowSpec['expectations']>;

const DEFAULT_SUCCESS_RATE = 0.5;
/** How many spreads over the median a duration is no usual one any more. */
const MAX_SPREADS = 5;
/** What a duration has to be over the median at least, in seconds and as a share of it. */
const MIN_EXCESS_SECONDS = 60;
const MIN_EXCESS_SHARE = 0.5;
/** Failed runs that a message names. */
const MAX_NAMED = 3;

/** Whether no run was accepted for too long, and if not, when that will be so, in milliseconds. */
export function findSilence(
  { maxInterval }: Expectations,
  { lastAccepted }: History,
  { created, now }: { readonly created: string; readonly now: number },
): { readonly finding: Finding } | { readonly from?: number } {
  const seconds = parseDuration(maxInterval ?? '');
  const since = Date.parse(lastAccepted?.finishTime ?? created);
  if (seconds === undefined || Number.isNaN(since)) return {};
  const from = since + seconds * 1000;
  if (from > now) return { from };
  const last =
    lastAccepted === undefined
      ? `no run is known that was, and the Workflow is of ${created}`
      : `the last one is ${lastAccepted.name}, of ${lastAccepted.finishTime}`;
  const message =
    `no run was accepted for the ${formatDuration(seconds)} of spec.expectations.maxInterval: ${last}. ` +
    'See whether the pipeline still runs, and what became of its runs';
  return { finding: { reason: HEALTH_REASON.Silent, message } };
}

/** Whether the last runs fail more often than they should. */
export function findFailures(
  { minSuccessRate = DEFAULT_SUCCESS_RATE }: Expectations,
  finished: readonly FinishedRun[],
): readonly Finding[] {
  const sample = finished.slice(0, SAMPLE);
  const failed = sample.filter((run) => !run.accepted);
  const accepted = sample.length - failed.length;
  if (!isTooLow(accepted, sample.length, minSuccessRate)) return [];
  const names = failed.slice(0, MAX_NAMED).map(({ name, result }) => `${name} (${result})`);
  const message =
    `${accepted} of the last ${sample.length} runs were accepted, where spec.expectations.minSuccessRate is ${minSuccessRate}. ` +
    `The last that failed: ${names.join(', ')}; their condition Succeeded says why`;
  return [{ reason: HEALTH_REASON.FailureRateHigh, message }];
}

/** Whether the last accepted run took too long: for what is expected, or where nothing is, for what was usual. */
export function findSlowness({ maxDuration }: Expectations, accepted: readonly AcceptedRun[]): readonly Finding[] {
  const [run, ...earlier] = accepted;
  if (run?.seconds === undefined) return [];
  const expected = parseDuration(maxDuration ?? '');
  const limit =
    expected === undefined ? usualLimit(earlier.slice(0, SAMPLE)) : { seconds: expected, why: expectedWhy(expected) };
  if (limit === undefined || run.seconds <= limit.seconds) return [];
  const message = `the run ${run.name} took ${inSeconds(run.seconds)}, ${limit.why}. Compare its steps with those of an earlier run`;
  return [{ reason: HEALTH_REASON.Slow, run: run.name, message }];
}

const expectedWhy = (seconds: number): string => `where spec.expectations.maxDuration is ${formatDuration(seconds)}`;

function usualLimit(earlier: readonly AcceptedRun[]) {
  const usual = usualDuration(earlier);
  if (usual === undefined) return undefined;
  const { median, spread } = usual;
  const seconds = median + Math.max(MAX_SPREADS * spread, MIN_EXCESS_SHARE * median, MIN_EXCESS_SECONDS);
  return { seconds, why: `where ${inSeconds(median)} is usual and up to ${inSeconds(seconds)} is no wonder` };
}
