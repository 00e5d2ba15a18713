import type { MaterialType } from '../api/material-types.ts';
import type { AttachedPolicies, ContractPolicy, PolicyPhase } from '../contract/effective.ts';
import type { PolicyEngines } from './engines.ts';
import type { PolicyOutcome, PolicyQuery } from './evaluation.ts';

/** What a policy of a contract said. */
export interface Evaluation {
  readonly policy: ContractPolicy;
  readonly outcome: PolicyOutcome;
}

/** What policies are asked about, but for their own inputs. */
export type Question = Omit<PolicyQuery, 'inputs'>;

/** Whether a policy judges a material, whenever that is. */
export const judgesMaterial = (
  { types, material }: ContractPolicy,
  { name, type }: { readonly name: string; readonly type: string },
): boolean => types?.includes(type as MaterialType) === true && (material === undefined || material === name);

/** The policies of a contract that judge the attestation at a phase. */
export const ofAttestation = ({ policies = [] }: AttachedPolicies, phase: PolicyPhase): readonly ContractPolicy[] =>
  policies.filter(({ types, phases }) => types === undefined && phases.includes(phase));

/** Those that judge a material at a phase. */
export const ofMaterial = (
  { policies = [] }: AttachedPolicies,
  phase: PolicyPhase,
  material: { readonly name: string; readonly type: string },
): readonly ContractPolicy[] =>
  policies.filter((policy) => policy.phases.includes(phase) && judgesMaterial(policy, material));

/** Asks each of these policies of a contract, in their order. */
export async function evaluate(
  engines: PolicyEngines,
  { policySources = {} }: AttachedPolicies,
  policies: readonly ContractPolicy[],
  question: Question,
): Promise<readonly Evaluation[]> {
  return Promise.all(
    policies.map(async (policy) => {
      const source = policySources[policy.source];
      if (source === undefined) return { policy, outcome: failed(`the contract has no source ${policy.source}`) };
      const query = { ...question, inputs: policy.inputs };
      return { policy, outcome: await engines[policy.engine].evaluate(policy.name, source, query) };
    }),
  );
}

/** What they come to where nobody can see what they would have to judge. */
export const notJudged = (policies: readonly ContractPolicy[], why: string): readonly Evaluation[] =>
  policies.map((policy) => ({ policy, outcome: failed(why) }));

const failed = (message: string): PolicyOutcome => ({ kind: 'failed', failure: { reason: 'Error', message } });
