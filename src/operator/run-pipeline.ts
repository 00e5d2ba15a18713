import { CONDITION, type ConditionClaim, findCondition } from '../api/conditions.ts';
import { formatDuration, parseDuration } from '../api/duration.ts';
import { KIND } from '../api/kinds.ts';
import { PIPELINE_REASON, RUN_REASON } from '../api/reasons.ts';
import type { RunOwner, Workflow, WorkflowRun } from '../api/types.gen.ts';
import { clipMessage } from './conditions.ts';
import type { OperatorContext } from './context.ts';
import type { OwnerKind, OwnerOutcome } from './owner-outcome.ts';

const DEFAULT_GRACE_SECONDS = 600;
/** Finally tasks and exit handlers are over when a pipeline has failed; what is still on its way is so for moments. */
const FAILED_GRACE_SECONDS = 60;

/** How long after its end a pipeline may still hand in evidence, in seconds. */
export function graceOf({ spec }: Workflow, status: OwnerOutcome['status']): number {
  const grace = parseDuration(spec.source?.grace ?? '') ?? DEFAULT_GRACE_SECONDS;
  return status === 'False' ? Math.min(FAILED_GRACE_SECONDS, grace) : grace;
}

/** Whether nobody opened it: the operator did, for an owner that ended without one. */
export const isOwed = ({ spec }: WorkflowRun): boolean => spec.identity.username === '';

/** A run with the pipeline that it is of, where the source of its workflow has pipelines of that kind. */
export interface Piped {
  readonly workflow: Workflow;
  readonly kind: OwnerKind;
  readonly owner: RunOwner;
}

export function pipedOf({ stores }: OperatorContext, { metadata, spec }: WorkflowRun): Piped | undefined {
  const { owner } = spec.identity;
  const workflow = stores.workflows.get({ namespace: metadata.namespace ?? '', name: spec.workflowRef.name });
  const kind = workflow?.spec.source?.kind;
  if (owner === undefined || kind === undefined || workflow?.metadata.uid !== spec.workflowRef.uid) return undefined;
  // Its version may be another one: a pipeline is known by its uid.
  const isOfKind = owner.kind === KIND[kind].kind && owner.apiVersion.split('/')[0] === KIND[kind].group;
  return isOfKind ? { workflow, kind, owner } : undefined;
}

/** The condition PipelineSucceeded of a run, `undefined` where nothing is known; what was seen of an end stays when the owner goes. */
export function pipelineClaim(
  { owners }: OperatorContext,
  run: WorkflowRun,
  { kind, owner }: Piped,
): ConditionClaim | undefined {
  const { type, status, reason, message } = findCondition(run.status?.conditions, CONDITION.PipelineSucceeded) ?? {};
  const before =
    type === undefined || status === undefined
      ? undefined
      : { type, status, reason: reason ?? '', message: message ?? '' };
  const found = owners.find(kind, run.metadata.namespace ?? '', owner.uid);
  if (found !== undefined) return claimOf(owner, found.outcome);
  const isGone = before?.status !== 'True' && before?.status !== 'False' && owners.standing(kind) === 'watched';
  return isGone ? claimOf(owner, GONE) : before;
}

const GONE: OwnerOutcome = { status: 'Unknown', reason: PIPELINE_REASON.Gone, message: '' };

function claimOf({ kind, name }: RunOwner, { status, reason, message, endTime }: OwnerOutcome): ConditionClaim {
  const unknown = reason === PIPELINE_REASON.Gone ? 'was removed before anybody saw its end' : 'has not ended';
  const what = { True: 'succeeded', False: 'failed', Unknown: unknown }[status];
  const when = endTime === undefined || status === 'Unknown' ? '' : ` at ${endTime}`;
  const why = message === '' ? '' : `: ${message}`;
  const text = clipMessage(`the ${kind} ${name} ${what}${when}${why}`);
  return { type: CONDITION.PipelineSucceeded, status, reason, message: text };
}

/** When an open run ends for want of an attestation, as what, and why. */
export interface Ending {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason: typeof RUN_REASON.Expired | typeof RUN_REASON.PipelineFailed;
  readonly because: string;
}

/** The end by the deadline, or the one by its pipeline if that comes earlier. */
export function endingOf(context: OperatorContext, run: WorkflowRun, claim: ConditionClaim | undefined): Ending {
  const { deadlineTime } = run.spec;
  const byDeadline: Ending = {
    at: Date.parse(deadlineTime),
    reason: RUN_REASON.Expired,
    because: `no attestation was accepted until ${deadlineTime}`,
  };
  const piped = pipedOf(context, run);
  if (piped === undefined || claim === undefined) return byDeadline;
  if (isOwed(run)) {
    const reason = claim.status === 'False' ? RUN_REASON.PipelineFailed : RUN_REASON.Expired;
    return { at: byDeadline.at, reason, because: `${claim.message}; it never opened a run` };
  }
  if (claim.status === 'Unknown') return byDeadline;
  const grace = graceOf(piped.workflow, claim.status);
  const at = pipelineEnd(context, run, piped) + grace * 1000;
  if (at > byDeadline.at) return byDeadline;
  const reason = claim.status === 'False' ? RUN_REASON.PipelineFailed : RUN_REASON.Expired;
  return {
    at,
    reason,
    because: `${claim.message}; no attestation was accepted within ${formatDuration(grace)} of that`,
  };
}

/** When its pipeline ended; of one that is gone, when that was seen. */
function pipelineEnd({ owners, now }: OperatorContext, run: WorkflowRun, { kind, owner }: Piped): number {
  const { endTime } = owners.find(kind, run.metadata.namespace ?? '', owner.uid)?.outcome ?? {};
  const seen = findCondition(run.status?.conditions, CONDITION.PipelineSucceeded);
  const seenTime = seen === undefined || seen.status === 'Unknown' ? undefined : seen.lastTransitionTime;
  return Math.min(Date.parse(endTime ?? seenTime ?? now().toISOString()), now().getTime());
}
