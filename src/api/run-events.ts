import { CONDITION, findCondition } from './conditions.ts';
import { excerpt } from './excerpt.ts';
import { API_VERSION } from './labels.ts';
import { COMPLIANCE_REASON, RUN_REASON } from './reasons.ts';
import { verdictOf } from './run-verdict.ts';
import type { WorkflowRun } from './types.gen.ts';

/** What can be told of a run, as a Subscription names it, with the type of the event. In the order that it happens to a run. */
export const EVENT_TYPE = {
  Opened: 'dev.proviso.run.opened.v1',
  WaiverUsed: 'dev.proviso.run.waiver-used.v1',
  PolicyViolated: 'dev.proviso.run.policy-violated.v1',
  Accepted: 'dev.proviso.run.accepted.v1',
  Refused: 'dev.proviso.run.refused.v1',
  Expired: 'dev.proviso.run.expired.v1',
} as const;
export type EventName = keyof typeof EVENT_TYPE;
export const EVENT_NAMES = Object.keys(EVENT_TYPE) as readonly EventName[];

/** CloudEvents 1.0; docs/run-event.schema.json says what is in `data`. */
export interface RunEvent {
  readonly specversion: '1.0';
  /** The same however often the event is told: the uid of the run, and what happened to it. */
  readonly id: string;
  /** The Workflow, as the path under which its cluster has it. */
  readonly source: string;
  readonly type: (typeof EVENT_TYPE)[EventName];
  /** The name of the run: what happens to one is told in its order. */
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event with its place among those of its run. */
export interface PlacedEvent {
  readonly name: EventName;
  /** Counts from 0. */
  readonly position: number;
  readonly event: RunEvent;
}

/** Lists in an event are told up to this length, so that one stays within the 64 KiB that every receiver takes. */
const MAX_LISTED = 100;
const MAX_JUDGED = 20;
const MAX_MESSAGE = 1024;

/** All that has happened to a run so far. The same run says the same, and a finished one all that it said while it was open. */
export function eventsOf(run: WorkflowRun): readonly PlacedEvent[] {
  const { metadata, status = {} } = run;
  const started = status.startTime ?? metadata.creationTimestamp ?? '';
  const finished = status.finishTime ?? started;
  const opened = placed(run, 'Opened', started, openedData(run));
  const { status: result, reason } = verdictOf(run);
  if (result === 'Unknown') return [opened];
  const judged = judgedData(run);
  const { waivers = [], policies } = status;
  const isViolated = findCondition(status.conditions, CONDITION.PolicyCompliant)?.reason === COMPLIANCE_REASON.Violated;
  return [
    opened,
    ...(waivers.length === 0
      ? []
      : [placed(run, 'WaiverUsed', finished, { ...judged, waivers: first(waivers, MAX_JUDGED) })]),
    ...(isViolated || reason === RUN_REASON.PolicyViolation
      ? [placed(run, 'PolicyViolated', finished, { ...judged, violations: violationsOf(policies) })]
      : []),
    placed(run, verdictName(result, reason), finished, judged),
  ];
}

const verdictName = (result: string, reason: string): EventName =>
  result === 'True' ? 'Accepted' : reason === RUN_REASON.Expired ? 'Expired' : 'Refused';

function placed({ metadata, spec }: WorkflowRun, name: EventName, time: string, data: RunEvent['data']): PlacedEvent {
  const { uid = '', namespace = '' } = metadata;
  const workflow = spec.workflowRef.name;
  return {
    name,
    position: EVENT_NAMES.indexOf(name),
    event: {
      specversion: '1.0',
      id: `${uid}.${name}`,
      source: `/apis/${API_VERSION}/namespaces/${namespace}/workflows/${workflow}`,
      type: EVENT_TYPE[name],
      subject: metadata.name,
      time,
      datacontenttype: 'application/json',
      data,
    },
  };
}

function openedData({ metadata, spec }: WorkflowRun): RunEvent['data'] {
  const { namespace = '', name, uid = '' } = metadata;
  const { project, team, commit, runner, contract, deadlineTime } = spec;
  return {
    namespace,
    workflow: spec.workflowRef.name,
    run: name,
    uid,
    ...(project === undefined ? {} : { project }),
    ...(team === undefined ? {} : { team }),
    contract: { name: contract.name, revision: contract.revision, digest: contract.digest },
    runner: { type: runner.type, authenticated: runner.authenticated },
    ...(runner.url === undefined ? {} : { runnerUrl: runner.url }),
    ...(commit === undefined ? {} : { commit: commit.sha }),
    deadline: deadlineTime,
    // Where the receiver tells more.
    path: `/v1/namespaces/${namespace}/runs/${name}`,
  };
}

function judgedData(run: WorkflowRun): RunEvent['data'] {
  const { materials = [], attestation, policies } = run.status ?? {};
  const { status: result, reason, message } = verdictOf(run);
  return {
    ...openedData(run),
    result,
    reason,
    message: excerpt(message, MAX_MESSAGE),
    materials: first(materials, MAX_LISTED).map(({ name, type, digest }) => ({ name, type, digest })),
    ...(materials.length > MAX_LISTED ? { materialsOmitted: materials.length - MAX_LISTED } : {}),
    ...(attestation === undefined
      ? {}
      : { attestation: { digest: attestation.digest, signer: attestation.signer.display } }),
    ...(policies === undefined
      ? {}
      : { policies: { evaluated: policies.evaluated, violated: policies.violated, failed: policies.failed } }),
  };
}

type Policies = NonNullable<WorkflowRun['status']>['policies'];

const violationsOf = (policies: Policies) =>
  first(
    (policies?.violations ?? []).filter(({ waiver }) => waiver === undefined),
    MAX_JUDGED,
  ).map(({ kind, policy, material, subject, message, gate }) => ({
    ...{ kind, policy },
    ...(material === undefined ? {} : { material }),
    ...{ subject, message: excerpt(message, MAX_MESSAGE) },
    ...(gate === undefined ? {} : { gate }),
  }));

const first = <T>(list: readonly T[], limit: number): readonly T[] => list.slice(0, limit);
