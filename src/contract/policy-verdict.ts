import type {
  RecordedEvaluation,
  RecordedJudgement,
  RecordedMaterial,
  RecordedObjection,
  RunPolicies,
} from '../api/types.gen.ts';
import type { ContractPolicy } from './effective.ts';

/** What all policies of a run came to. */
export interface PolicyVerdict {
  /** `blocked`: the run fails; `violated`: something was objected to, and the contract only wants to know. */
  readonly result: 'passed' | 'violated' | 'waived' | 'blocked';
  /** As the status of the run has it. */
  readonly policies: Pick<
    RunPolicies,
    'summary' | 'evaluated' | 'passed' | 'violated' | 'skipped' | 'failed' | 'violations' | 'omitted'
  >;
  /** The objections that decide, in a sentence; absent where there is none. */
  readonly message?: string;
}

export interface PolicyFacts {
  readonly materials: readonly RecordedMaterial[];
  /** What was said at init and at push. */
  readonly evaluations: readonly RecordedEvaluation[];
  readonly enforcement: 'Enforce' | 'Audit';
  /** The Waiver that excuses what a policy objects to; undefined where none does. */
  readonly waiverFor: (policy: Pick<ContractPolicy, 'kind' | 'name'>) => string | undefined;
}

/** The bound of the list in the CRD. */
const MAX_TOLD = 20;

/** Whether something is objected to; what a policy thinks can't be known counts as that. */
export const isObjection = ({ outcome, blocked }: RecordedJudgement): boolean =>
  outcome === 'Violated' || outcome === 'Failed' || blocked === true;

/** Whether an objection fails the run, unless it is waived. */
export const failsRun = ({ gate }: { readonly gate?: boolean }, enforcement: PolicyFacts['enforcement']): boolean =>
  gate === true || enforcement === 'Enforce';

/** What was said, and of which material; of the attestation of none. */
export const judgedIn = (
  materials: readonly RecordedMaterial[],
  evaluations: readonly RecordedEvaluation[],
): readonly (RecordedJudgement & { readonly material?: string })[] =>
  [
    ...materials.flatMap(({ name, policies = [] }) => policies.map((each) => ({ ...each, material: name }))),
    ...evaluations,
  ].filter(({ outcome }) => outcome !== 'Ignored');

/** What policies said in sum: of each material as it was added, and of the run. */
export function policyVerdict({ materials, evaluations, enforcement, waiverFor }: PolicyFacts): PolicyVerdict {
  const judged = judgedIn(materials, evaluations);
  const objections = judged.filter(isObjection).map((each) => objectionOf(each, waiverFor));
  const open = objections.filter(({ waiver }) => waiver === undefined);
  const blocking = open.filter((each) => failsRun(each, enforcement));
  const excused = objections.filter(({ waiver }) => waiver !== undefined);
  const told = [...new Set([...blocking, ...open, ...excused])];
  const count = (of: RecordedJudgement['outcome']): number => judged.filter(({ outcome }) => outcome === of).length;
  const passed = count('Passed');
  const omitted = told.length - MAX_TOLD;
  const [first, ...others] = told;
  return {
    result: blocking.length > 0 ? 'blocked' : open.length > 0 ? 'violated' : first === undefined ? 'passed' : 'waived',
    policies: {
      summary: `${passed}/${judged.length}`,
      evaluated: judged.length,
      passed,
      violated: count('Violated'),
      skipped: count('Skipped'),
      failed: count('Failed'),
      ...(told.length === 0 ? {} : { violations: told.slice(0, MAX_TOLD) }),
      ...(omitted > 0 ? { omitted } : {}),
    },
    ...(first === undefined ? {} : { message: sentence(first, others.length) }),
  };
}

function objectionOf(
  judgement: RecordedJudgement & { readonly material?: string },
  waiverFor: PolicyFacts['waiverFor'],
): RecordedObjection {
  const { kind, policy, material, subject = policy, message = '', violations = 1, gate } = judgement;
  const waiver = waiverFor({ kind, name: policy });
  return {
    ...{ kind, policy },
    ...(material === undefined ? {} : { material }),
    ...{ subject, message, violations },
    ...(gate === true ? { gate } : {}),
    ...(waiver === undefined ? {} : { waiver }),
  };
}

function sentence({ policy, material, message, waiver }: RecordedObjection, others: number): string {
  const of = material === undefined ? '' : ` of '${material}'`;
  const more = others === 0 ? '' : `, and ${others} more in status.policies`;
  return `the policy '${policy}' says${of}: ${message}${waiver === undefined ? '' : ` (waived by '${waiver}')`}${more}`;
}
