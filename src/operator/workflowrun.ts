import { isDeepStrictEqual } from 'node:util';
import { auditedRun } from '../api/audit-line.ts';
import { CONDITION, type Condition, type ConditionClaim, findCondition, settleConditions } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { isFinished, settleVerdict } from '../api/run-verdict.ts';
import type { RunProgress, WorkflowRun } from '../api/types.gen.ts';
import { completeness } from '../contract/completeness.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { progressOf } from '../contract/progress.ts';
import { OPERATOR_MANAGER, writeStatus } from '../kube/apply.ts';
import { isStatus } from '../kube/error.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { clipMessage } from './conditions.ts';
import type { OperatorContext } from './context.ts';
import { type Ending, endingOf, pipedOf, pipelineClaim } from './run-pipeline.ts';

/** Owns nothing but the end of a run that ran out of time, so that it never takes away what others wrote. */
const EXPIRY_MANAGER = 'proviso-expiry';
const RETRY_MS = 2_000;

/**
 * Keeps a run's progress while it is filled, and what became of its pipeline, and ends it when its time has passed without an
 * attestation.
 */
export async function reconcileRun(context: OperatorContext, run: WorkflowRun): Promise<ReconcileResult> {
  const { namespace = '' } = run.metadata;
  const revision = context.stores.revisions.get({ namespace, name: run.spec.contract.revisionName });
  const contract = revision?.data;
  const piped = pipedOf(context, run);
  const claim = piped === undefined ? undefined : pipelineClaim(context, run, piped);
  const { materials = [], progress } = run.status ?? {};
  await keepFacts(context, run, contract === undefined ? progress : progressOf(contract, materials), claim);
  if (isFinished(run)) return {};
  const ending = endingOf(context, run, claim);
  const left = ending.at - context.now().getTime();
  if (left > 0) return { requeueAfterMs: contract === undefined ? Math.min(left, RETRY_MS) : left };
  await expire(context, run, contract, ending);
  return {};
}

/** Writes what the operator knows of a run besides its verdict, all of it each time: what an apply leaves out is removed. */
async function keepFacts(
  { client, now }: OperatorContext,
  run: WorkflowRun,
  progress: RunProgress | undefined,
  claim: ConditionClaim | undefined,
): Promise<void> {
  const before = findCondition(run.status?.conditions, CONDITION.PipelineSucceeded);
  const isSame = claim === undefined || isDeepStrictEqual(claim, claimed(before));
  if (isSame && isDeepStrictEqual(progress, run.status?.progress)) return;
  const claims = claim === undefined ? claimed(before) : claim;
  const status = {
    ...(progress === undefined ? {} : { progress }),
    ...(claims === undefined
      ? {}
      : { conditions: settleConditions(run.status?.conditions, [claims], now().toISOString()) }),
  };
  await writeStatus(client, KIND.WorkflowRun, run, status, { fieldManager: OPERATOR_MANAGER });
}

function claimed(condition: Condition | undefined): ConditionClaim | undefined {
  if (condition === undefined) return undefined;
  const { lastTransitionTime: _, ...claim } = condition;
  return claim;
}

async function expire(
  context: OperatorContext,
  run: WorkflowRun,
  contract: EffectiveContract | undefined,
  { reason, because }: Ending,
): Promise<void> {
  const now = context.now().toISOString();
  const message = clipMessage(expiryMessage(run, contract, because));
  const claim = { type: CONDITION.Succeeded, status: 'False', reason, message } as const;
  const { startTime = run.metadata.creationTimestamp } = run.status ?? {};
  // A run that was just opened may not have one yet, and one that nobody opened never gets it otherwise.
  const start = run.status?.startTime === undefined && startTime !== undefined ? { startTime } : {};
  const status = { ...start, finishTime: now, ...settleVerdict(run, [claim], now) };
  try {
    // It is final, so it has to be this very run.
    const options = { fieldManager: EXPIRY_MANAGER, unchanged: true };
    context.metrics.written.finished(await writeStatus(context.client, KIND.WorkflowRun, run, status, options));
    context.audit.note({ action: 'RunExpired', verdict: 'Allowed', what: { ...auditedRun(run), reason, message } });
  } catch (error) {
    // The rule that keeps a verdict final: an attestation was accepted just before.
    if (isStatus(error, 422)) return;
    throw error;
  }
  const event = { type: 'Warning', reason, action: 'Expire', note: message } as const;
  context.events.record({ ...run, kind: KIND.WorkflowRun.kind }, event);
}

/** What was missing, and what the last refused push said. */
export function expiryMessage(run: WorkflowRun, contract: EffectiveContract | undefined, because: string): string {
  const parts = [because, whatWasMissing(run, contract)];
  const last = run.status?.refusals?.last;
  return [...parts, ...(last === undefined ? [] : [`last refusal: ${last.code}: ${last.message}`])].join('. ');
}

function whatWasMissing(run: WorkflowRun, contract: EffectiveContract | undefined): string {
  if (contract === undefined) {
    return `what was missing is not known, since the contract's revision ${run.spec.contract.revisionName} is gone`;
  }
  const { missing } = completeness(contract, run.status?.materials ?? []);
  return missing.length === 0 ? 'all materials were there' : `missing: ${missing.map(({ name }) => name).join(', ')}`;
}
