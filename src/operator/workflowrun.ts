import { CONDITION, settleConditions } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { RUN_REASON } from '../api/reasons.ts';
import { isFinished } from '../api/run-verdict.ts';
import type { RunProgress, WorkflowRun } from '../api/types.gen.ts';
import { completeness, summaryOf } from '../contract/completeness.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { applyStatus, OPERATOR_MANAGER, writeStatus } from '../kube/apply.ts';
import { isStatus } from '../kube/error.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { clipMessage } from './conditions.ts';
import type { OperatorContext } from './context.ts';

/** Owns nothing but the end of a run that ran out of time, so that it never takes away what others wrote. */
const EXPIRY_MANAGER = 'proviso-expiry';
const RETRY_MS = 2_000;

/** Keeps a run's progress, and ends it when its deadline has passed without an attestation. */
export async function reconcileRun(context: OperatorContext, run: WorkflowRun): Promise<ReconcileResult> {
  const { namespace = '' } = run.metadata;
  const revision = context.stores.revisions.get({ namespace, name: run.spec.contract.revisionName });
  const contract = revision?.data;
  if (contract !== undefined) {
    const status = { progress: progressOf(run, contract) };
    await applyStatus(context.client, KIND.WorkflowRun, run, status, { fieldManager: OPERATOR_MANAGER });
  }
  if (isFinished(run)) return {};
  const left = Date.parse(run.spec.deadlineTime) - context.now().getTime();
  if (left > 0) return { requeueAfterMs: contract === undefined ? Math.min(left, RETRY_MS) : left };
  await expire(context, run, contract);
  return {};
}

/** How far a run is, as kubectl shows it. */
export function progressOf(run: WorkflowRun, contract: EffectiveContract): RunProgress {
  const found = completeness(contract, run.status?.materials ?? []);
  const missing = found.missing.map(({ name }) => name);
  return {
    summary: summaryOf(found),
    required: found.required,
    present: found.present,
    ...(missing.length === 0 ? {} : { missing }),
  };
}

async function expire(
  context: OperatorContext,
  run: WorkflowRun,
  contract: EffectiveContract | undefined,
): Promise<void> {
  const now = context.now().toISOString();
  const message = clipMessage(expiryMessage(run, contract));
  const claim = { type: CONDITION.Succeeded, status: 'False', reason: RUN_REASON.Expired, message } as const;
  const status = { finishTime: now, conditions: settleConditions(run.status?.conditions, [claim], now) };
  try {
    // It is final, so it has to be this very run.
    await writeStatus(context.client, KIND.WorkflowRun, run, status, { fieldManager: EXPIRY_MANAGER, unchanged: true });
  } catch (error) {
    // The rule that keeps a verdict final: an attestation was accepted just before.
    if (isStatus(error, 422)) return;
    throw error;
  }
  const event = { type: 'Warning', reason: RUN_REASON.Expired, action: 'Expire', note: message } as const;
  context.events.record({ ...run, kind: KIND.WorkflowRun.kind }, event);
}

/** What was missing, and what the last refused push said. */
export function expiryMessage(run: WorkflowRun, contract: EffectiveContract | undefined): string {
  const parts = [`no attestation was accepted until ${run.spec.deadlineTime}`, whatWasMissing(run, contract)];
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
