import { CONDITION, type ConditionClaim, settleConditions } from '../../api/conditions.ts';
import { CURRENT_REASON } from '../../api/reasons.ts';
import type { RunCurrent, WorkflowRun } from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { type PolicyVerdict, policyVerdict } from '../../contract/policy-verdict.ts';
import type { ReceiverContext } from '../context.ts';
import { type Exceptions, exceptionsFor } from '../exceptions.ts';
import type { PinnedContract } from '../open-run.ts';
import { judgeOpen, recordedAtPush } from '../policies/judge-run.ts';
import type { ReadingOptions } from '../policies/stored-content.ts';
import { completenessOf } from '../state.ts';

/** What a run that is over would come to now. */
export interface JudgedAgain {
  readonly current: RunCurrent;
  readonly claim: ConditionClaim;
}

/**
 * Judges a run that is over by another revision of a contract, from what was recorded and the bytes that were stored. Who signed isn't
 * looked at again: that was verified once, with the trust of its time. Throws `policy-unavailable` and `store-unavailable`.
 */
export async function judgeAgain(
  context: Pick<ReceiverContext, 'engines' | 'stores' | 'checks' | 'client' | 'waivers'>,
  run: WorkflowRun,
  { pinned, contract }: { readonly pinned: PinnedContract; readonly contract: EffectiveContract },
  { now, ...reading }: ReadingOptions & { readonly now: Date },
): Promise<JudgedAgain> {
  const exceptions = await exceptionsFor(context, run, now);
  const { missing } = completenessOf(asOpen(run), contract, exceptions);
  const judged = await judgeOpen(context, asOpen(run), contract, { now, ...reading });
  const evaluations = judged.flatMap(recordedAtPush);
  const { enforcement } = contract;
  const verdict = policyVerdict({ materials: [], evaluations, enforcement, waiverFor: exceptions.waiverFor });
  const names = missing.map(({ name }) => name);
  const current: RunCurrent = {
    contract: pinned,
    time: now.toISOString(),
    ...verdict.policies,
    ...(names.length === 0 ? {} : { missing: names }),
  };
  return { current, claim: claimOf(pinned, names, verdict, exceptions) };
}

/** As it was before its verdict: what that relied on, and what was said then, counts no more. */
function asOpen({ status = {}, ...run }: WorkflowRun): WorkflowRun {
  const { policies: _, waivers: __, materials = [], ...rest } = status;
  const bare = materials.map(({ policies: ___, evaluations: ____, ...material }) => material);
  return { ...run, status: { ...rest, materials: bare } };
}

function claimOf(
  { name, revision }: PinnedContract,
  missing: readonly string[],
  { result, message, policies }: PolicyVerdict,
  exceptions: Exceptions,
): ConditionClaim {
  const type = CONDITION.Current;
  const by = `by revision ${revision} of the contract '${name}'`;
  if (missing.length > 0) {
    const what = `${by} it would lack ${missing.join(', ')}`;
    return { type, status: 'False', reason: CURRENT_REASON.Incomplete, message: what };
  }
  const said = message ?? `${policies.passed} of ${policies.evaluated} policies pass`;
  if (result === 'blocked' || result === 'violated') {
    return { type, status: 'False', reason: CURRENT_REASON.Violated, message: `${by} ${said}` };
  }
  const isWaived = exceptions.used().length > 0;
  const reason = isWaived ? CURRENT_REASON.Waived : CURRENT_REASON.Compliant;
  return { type, status: 'True', reason, message: `${by} ${said}` };
}

/** The status that says so, of a field manager of its own. */
export const currentStatus = (
  run: WorkflowRun,
  { current, claim }: JudgedAgain,
): Pick<NonNullable<WorkflowRun['status']>, 'current' | 'conditions'> => ({
  current,
  conditions: settleConditions(run.status?.conditions, [claim], current.time),
});
