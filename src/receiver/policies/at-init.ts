import { Problem } from '../../api/problem.ts';
import type { RunPolicies, WorkflowRun } from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { policyVerdict } from '../../contract/policy-verdict.ts';
import type { Stage } from '../../evidence/store.ts';
import type { ReceiverContext } from '../context.ts';
import { exceptionsFor } from '../exceptions.ts';
import { judgeInit } from './judge-run.ts';
import { recordedEvaluations } from './recorded.ts';

/** What policies say of a run that is to be opened. */
export interface PoliciesAtInit {
  /** Absent: nobody was asked. */
  readonly policies?: RunPolicies;
  /** With all that was said, to be committed before it is recorded. */
  readonly stage?: Stage;
}

/**
 * Asks the policies that judge a run before it is opened. Throws `policy-violated` where one objects that counts: no run is opened that
 * could only fail; and `policy-unavailable`.
 */
export async function policiesAtInit(
  context: Pick<ReceiverContext, 'engines' | 'stores' | 'client' | 'waivers'>,
  wanted: WorkflowRun,
  contract: EffectiveContract,
  now: Date,
): Promise<PoliciesAtInit> {
  const store = () => context.stores.get(wanted.spec.evidenceStoreName);
  const { evaluations, stage } = await judgeInit(context, wanted, contract, store, now);
  if (stage === undefined) return {};
  const { enforcement } = contract;
  const { waiverFor } = await exceptionsFor(context, wanted, now);
  const verdict = policyVerdict({ materials: [], evaluations, enforcement, waiverFor });
  if (verdict.result !== 'blocked') {
    const policies = { ...verdict.policies, evaluations, atInit: recordedEvaluations(stage, await store()) };
    return { policies, stage };
  }
  await stage.discard();
  throw new Problem('policy-violated', `no run is opened: ${verdict.message}`, {
    errors:
      verdict.policies.violations?.map(({ policy, subject, message }) => ({
        at: policy,
        message: `${subject}: ${message}`,
      })) ?? [],
  });
}
