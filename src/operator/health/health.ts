import { CONDITION, type ConditionClaim } from '../../api/conditions.ts';
import { HEALTH_REASON } from '../../api/reasons.ts';
import type { Workflow, WorkflowRun, WorkflowStatus } from '../../api/types.gen.ts';
import { clipMessage } from '../conditions.ts';
import { type Finding, judge } from './findings.ts';
import { type History, readHistory, SAMPLE, type Statistics } from './history.ts';
import { successRates } from './rates.ts';
import { MIN_SAMPLE, usualOf } from './usual.ts';

/** What is known of how a workflow does. */
export interface Health {
  readonly facts: Pick<WorkflowStatus, 'statistics' | 'findings'>;
  readonly claim: ConditionClaim;
  /** When it will be otherwise though no run is finished until then, in milliseconds. */
  readonly changesAt?: number;
}

/** How a workflow does by the runs that are in the cluster and those that its status remembers. Pure; linear in the runs but for sorting. */
export function healthOf({ metadata, spec, status }: Workflow, runs: readonly WorkflowRun[], time: Date): Health {
  const now = time.getTime();
  const history = readHistory(runs, status?.statistics, now);
  const times = { created: metadata.creationTimestamp ?? '', now };
  const { findings, changesAt } = judge(history, spec.expectations ?? {}, times);
  const statistics = statisticsOf(history, now);
  const { generation: observedGeneration = 0 } = metadata;
  return {
    facts: { ...(statistics === undefined ? {} : { statistics }), ...(findings.length === 0 ? {} : { findings }) },
    claim: { type: CONDITION.Healthy, ...verdictOn(findings, history, statistics), observedGeneration },
    ...(changesAt === undefined ? {} : { changesAt }),
  };
}

function statisticsOf(history: History, now: number): Statistics | undefined {
  const { finished, accepted, lastAccepted } = history;
  if (finished.length === 0 && lastAccepted === undefined) return undefined;
  const usual = usualOf(accepted);
  return {
    successRates: successRates(finished, now),
    ...(usual === undefined ? {} : { usual }),
    ...(lastAccepted === undefined ? {} : { lastAccepted }),
    recentRuns: finished.slice(0, SAMPLE).map(({ end: _, ...run }) => run),
  };
}

function verdictOn(
  findings: readonly Finding[],
  { finished }: History,
  statistics: Statistics | undefined,
): Pick<ConditionClaim, 'status' | 'reason' | 'message'> {
  const [worst] = findings;
  if (worst !== undefined) {
    return { status: 'False', reason: worst.reason, message: clipMessage(messageOf(findings)) };
  }
  if (finished.length < MIN_SAMPLE) {
    const message = `${finished.length} runs are finished; from ${MIN_SAMPLE} on they tell whether all is as usual`;
    return { status: 'Unknown', reason: HEALTH_REASON.NoHistory, message };
  }
  return { status: 'True', reason: HEALTH_REASON.AsUsual, message: asUsual(statistics) };
}

const messageOf = (findings: readonly Finding[]): string =>
  findings.length === 1
    ? (findings[0]?.message ?? '')
    : findings.map(({ reason, message }, index) => `(${index + 1}) ${reason}: ${message}`).join('; ');

function asUsual(statistics: Statistics | undefined): string {
  const last = statistics?.successRates[0];
  const usual = statistics?.usual;
  const rate = `${last?.accepted} of the last ${last?.runs} runs were accepted`;
  if (usual === undefined) return `${rate}; of fewer than ${MIN_SAMPLE} accepted ones nothing is usual yet`;
  return usual.duration === undefined ? rate : `${rate}, usually within ${usual.duration}`;
}
