import { excerpt } from '../../api/excerpt.ts';
import { HEALTH_REASON } from '../../api/reasons.ts';
import type { WorkflowStatus } from '../../api/types.gen.ts';
import { type Expectations, findFailures, findSilence, findSlowness } from './expected.ts';
import type { History } from './history.ts';
import { findUnusual } from './unusual.ts';

export type Finding = NonNullable<WorkflowStatus['findings']>[number];

/** The gravest first: what is missing for certain, then what an intruder would look like, then what costs time only. */
export const GRAVITY = [
  HEALTH_REASON.Silent,
  HEALTH_REASON.FailureRateHigh,
  HEALTH_REASON.UnusualSigner,
  HEALTH_REASON.NewRunner,
  HEALTH_REASON.UnusualMaterials,
  HEALTH_REASON.Slow,
] as const;

/** Of one reason, the newest. */
const MAX_PER_REASON = 3;
/** Less than the CRD takes: a message that the API server refuses would leave the workflow without any status. */
const MAX_MESSAGE = 1000;

export interface Judged {
  /** The gravest first, and of one reason that of the newest run. */
  readonly findings: readonly Finding[];
  /** When it will be otherwise though no run is finished until then, in milliseconds. */
  readonly changesAt?: number;
}

/** Where the runs of a workflow depart from what is expected of them, and from what they were like before. */
export function judge(
  history: History,
  expectations: Expectations,
  times: { /** Of the workflow, RFC 3339. */ readonly created: string /** In milliseconds. */; readonly now: number },
): Judged {
  const silence = findSilence(expectations, history, times);
  const unusual = findUnusual(history.accepted, times.now);
  const found: readonly Finding[] = [
    ...('finding' in silence ? [silence.finding] : []),
    ...findFailures(expectations, history.finished),
    ...unusual.findings,
    ...findSlowness(expectations, history.accepted),
  ];
  const sorted = GRAVITY.flatMap((reason) => found.filter((each) => each.reason === reason).slice(0, MAX_PER_REASON));
  const findings = sorted.map((each) => ({ ...each, message: excerpt(each.message, MAX_MESSAGE) }));
  const changes = ['from' in silence ? silence.from : undefined, unusual.until].filter((time) => time !== undefined);
  return { findings, ...(changes.length === 0 ? {} : { changesAt: Math.min(...changes) }) };
}
