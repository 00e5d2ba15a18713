import { PIPELINE_REASON, type PipelineReason } from '../api/reasons.ts';
import type { WorkflowSpec } from '../api/types.gen.ts';

/** What runs a pipeline, as `spec.source.kind` names it. */
export type OwnerKind = NonNullable<WorkflowSpec['source']>['kind'];

/** What became of a pipeline. */
export interface OwnerOutcome {
  /** `True` and `False` are ends, `Unknown` is none. */
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: PipelineReason;
  /** What its controller says, for people; may be empty. */
  readonly message: string;
  /** When it ended, RFC 3339; absent while it hasn't, or where its controller doesn't say. */
  readonly endTime?: string;
}

/** Longer messages of controllers are cut: they are kept of every pipeline. */
const MAX_MESSAGE = 512;
const RUNNING: OwnerOutcome = { status: 'Unknown', reason: PIPELINE_REASON.Running, message: '' };

/**
 * What the status of a PipelineRun, Argo Workflow or Job says of its end. Takes whatever stands there: the schemas of others
 * let anything through, and what can't be read hasn't ended.
 */
export function outcomeOf(kind: OwnerKind, object: unknown): OwnerOutcome {
  switch (kind) {
    case 'PipelineRun':
      return pipelineRunOutcome(object);
    case 'ArgoWorkflow':
      return argoOutcome(object);
    case 'Job':
      return jobOutcome(object);
  }
}

const TEKTON_REASON: Readonly<Record<string, PipelineReason>> = {
  Cancelled: PIPELINE_REASON.Cancelled,
  // Before v0.47, and the state of `spec.status` after it.
  PipelineRunCancelled: PIPELINE_REASON.Cancelled,
  PipelineRunTimeout: PIPELINE_REASON.TimedOut,
};

/** The condition Succeeded, which is Unknown until the finally tasks are over too. */
function pipelineRunOutcome(object: unknown): OwnerOutcome {
  const status = memberOf(object, 'status');
  const succeeded = conditionOf(status, 'Succeeded');
  const state = textOf(succeeded, 'status');
  const reason = textOf(succeeded, 'reason');
  if (state !== 'True' && state !== 'False') return { ...RUNNING, message: clip(reason) };
  const why = state === 'True' ? PIPELINE_REASON.Succeeded : (TEKTON_REASON[reason] ?? PIPELINE_REASON.Failed);
  return ended(state, why, said(reason, textOf(succeeded, 'message')), [
    textOf(status, 'completionTime'),
    textOf(succeeded, 'lastTransitionTime'),
  ]);
}

/** The phase, which is final only after the exit handler; `spec.shutdown` tells who was stopped from what failed. */
function argoOutcome(object: unknown): OwnerOutcome {
  const status = memberOf(object, 'status');
  const phase = textOf(status, 'phase');
  const ends = [textOf(status, 'finishedAt')];
  switch (phase) {
    case 'Succeeded':
      return ended('True', PIPELINE_REASON.Succeeded, said(phase, textOf(status, 'message')), ends);
    case 'Failed':
    case 'Error': {
      const isStopped = textOf(memberOf(object, 'spec'), 'shutdown') !== '';
      const reason = isStopped ? PIPELINE_REASON.Cancelled : PIPELINE_REASON.Failed;
      return ended('False', reason, said(phase, textOf(status, 'message')), ends);
    }
    default:
      return { ...RUNNING, message: clip(phase) };
  }
}

/** Complete or Failed, which come when the last pod is gone; SuccessCriteriaMet and FailureTarget come before and don't count. */
function jobOutcome(object: unknown): OwnerOutcome {
  const status = memberOf(object, 'status');
  const complete = conditionOf(status, 'Complete');
  if (textOf(complete, 'status') === 'True') {
    const ends = [textOf(status, 'completionTime'), textOf(complete, 'lastTransitionTime')];
    return ended(
      'True',
      PIPELINE_REASON.Succeeded,
      said(textOf(complete, 'reason'), textOf(complete, 'message')),
      ends,
    );
  }
  const failed = conditionOf(status, 'Failed');
  if (textOf(failed, 'status') !== 'True') return RUNNING;
  const reason = textOf(failed, 'reason');
  const why = reason === 'DeadlineExceeded' ? PIPELINE_REASON.TimedOut : PIPELINE_REASON.Failed;
  return ended('False', why, said(reason, textOf(failed, 'message')), [textOf(failed, 'lastTransitionTime')]);
}

function ended(
  status: 'True' | 'False',
  reason: PipelineReason,
  message: string,
  times: readonly string[],
): OwnerOutcome {
  const endTime = times.find((time) => Number.isFinite(Date.parse(time)));
  return { status, reason, message: clip(message), ...(endTime === undefined ? {} : { endTime }) };
}

const said = (word: string, message: string): string => [word, message].filter((part) => part !== '').join(': ');

const clip = (text: string): string =>
  text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

function conditionOf(status: unknown, type: string): unknown {
  const conditions = memberOf(status, 'conditions');
  return Array.isArray(conditions) ? conditions.find((each) => textOf(each, 'type') === type) : undefined;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

function textOf(value: unknown, name: string): string {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : '';
}
