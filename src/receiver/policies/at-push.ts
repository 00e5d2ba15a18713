import type { RecordedEvaluation, RunPolicies, WorkflowRun } from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { isObjection, policyVerdict } from '../../contract/policy-verdict.ts';
import type { Stage } from '../../evidence/store.ts';
import type { ReceiverContext } from '../context.ts';
import type { Exceptions } from '../exceptions.ts';
import type { JudgedPolicies } from '../verdict.ts';
import { judgePush, type PushOptions } from './judge-run.ts';
import { recordedEvaluations } from './recorded.ts';

/** What policies come to at the end. */
export interface PoliciesAtPush {
  /** Absent: the contract attaches none. */
  readonly judged?: JudgedPolicies;
  /** With all that was said at the end, to be committed before it is recorded; absent if nobody was asked. */
  readonly stage?: Stage;
}

/** Asks the policies that judge at the end, and puts together what all of them said. Throws `policy-unavailable`. */
export async function policiesAtPush(
  context: Pick<ReceiverContext, 'engines' | 'stores' | 'checks'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  { exceptions, ...options }: PushOptions & { readonly exceptions: Exceptions },
): Promise<PoliciesAtPush> {
  if (contract.policies === undefined) return {};
  const { evaluations, stage } = await judgePush(context, run, contract, options);
  const { policies: before, materials = [] } = run.status ?? {};
  const all = [...(before?.evaluations ?? []), ...evaluations];
  const { enforcement } = contract;
  const verdict = policyVerdict({ materials, evaluations: all, enforcement, waiverFor: exceptions.waiverFor });
  const policies: RunPolicies = {
    ...verdict.policies,
    ...(all.length === 0 ? {} : { evaluations: told(all) }),
    ...(before?.atInit === undefined ? {} : { atInit: before.atInit }),
    ...(stage === undefined ? {} : { atPush: recordedEvaluations(stage, options.store) }),
  };
  return { judged: { verdict, policies }, ...(stage === undefined ? {} : { stage }) };
}

/** As many as the status has room for, those that object first; the evidence has all. */
const told = (all: readonly RecordedEvaluation[]): readonly RecordedEvaluation[] =>
  [...all.filter(isObjection), ...all.filter((each) => !isObjection(each))].slice(0, MAX_TOLD);

/** The bound of the list in the CRD. */
const MAX_TOLD = 256;

/** The run as the control plane is to speak of it. */
export function judgedRun(run: WorkflowRun, judged: JudgedPolicies | undefined, exceptions: Exceptions): WorkflowRun {
  const waivers = exceptions.used();
  const said = judged === undefined ? {} : { policies: judged.policies };
  return { ...run, status: { ...run.status, ...said, ...(waivers.length === 0 ? {} : { waivers }) } };
}
