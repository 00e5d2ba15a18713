import type { RecordedEvaluations, RecordedJudgement } from '../api/types.gen.ts';
import type { ContractPolicy } from '../contract/effective.ts';
import { isObjection } from '../contract/policy-verdict.ts';
import type { RunRecord } from './record.ts';

/** Names the document with all that policies said, by its digest. */
const FULL = 'proviso.dev/policy-evaluations';
/** What the format calls evaluations of no material. */
const OF_ATTESTATION = 'CHAINLOOP.ATTESTATION';

interface Judged {
  readonly judgements: readonly RecordedJudgement[];
  readonly document: RecordedEvaluations | undefined;
  /** Absent: the attestation. */
  readonly material?: { readonly name: string; readonly type: string };
}

/** What a statement says of policies, by the names that the format has: what they said before there was a statement. */
export function policyMembers(record: RunRecord): Readonly<Record<string, unknown>> {
  const judged = judgedIn(record);
  const judgements = judged.flatMap((each) => each.judgements);
  const objecting = judgements.filter(isObjection);
  const count = (outcome: RecordedJudgement['outcome']): number =>
    judgements.filter((each) => each.outcome === outcome).length;
  return {
    policyCheckBlockingStrategy: record.contract.enforcement === 'Enforce' ? 'ENFORCED' : 'ADVISORY',
    ...(judgements.length === 0 ? {} : { policyEvaluations: evaluationsOf(record, judged) }),
    policyEvaluationsCount: judgements.length,
    policyPassedCount: count('Passed'),
    policySkippedCount: count('Skipped'),
    policyViolationsCount: objecting.reduce((sum, { violations = 1 }) => sum + violations, 0),
    policyHasViolations: objecting.length > 0,
    policyHasGates: record.contract.policies?.some(({ gate }) => gate) ?? false,
    policyHasGatedViolations: objecting.some(({ gate }) => gate === true),
  };
}

function judgedIn({ materials, policies }: RunRecord): readonly Judged[] {
  const atInit = policies?.evaluations?.filter(({ phase }) => phase === 'Init') ?? [];
  return [
    { judgements: counted(atInit), document: policies?.atInit },
    ...materials.map(({ name, type, policies: judgements = [], evaluations: document }) => ({
      ...{ judgements: counted(judgements), document },
      material: { name, type },
    })),
  ].filter(({ judgements }) => judgements.length > 0);
}

const counted = <T extends RecordedJudgement>(judgements: readonly T[]): readonly T[] =>
  judgements.filter(({ outcome }) => outcome !== 'Ignored');

const evaluationsOf = (record: RunRecord, judged: readonly Judged[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    judged.map(({ judgements, document, material }) => [
      material?.name ?? OF_ATTESTATION,
      judgements.map((each) => ({
        name: each.policy,
        ...(material === undefined ? {} : { materialName: material.name, type: material.type }),
        policyReference: referenceTo(record, each),
        violations: isObjection(each) ? [{ subject: each.subject ?? each.policy, message: each.message ?? '' }] : [],
        skipped: each.outcome === 'Skipped',
        ...(each.outcome === 'Skipped' ? { skipReasons: [each.message ?? ''] } : {}),
        gate: each.gate ?? false,
        ...requirementsOf(record, each),
        ...(document === undefined ? {} : { annotations: { [FULL]: document.digest } }),
      })),
    ]),
  );

/** What the policy is evidence for, however often it is attached. */
function requirementsOf(
  record: RunRecord,
  judgement: RecordedJudgement,
): { readonly requirements?: readonly string[] } {
  const all = attachmentsOf(record, judgement).flatMap(({ requirements = [] }) => requirements);
  return all.length === 0 ? {} : { requirements: [...new Set(all)] };
}

const attachmentsOf = ({ contract }: RunRecord, { kind, policy }: RecordedJudgement): readonly ContractPolicy[] =>
  contract.policies?.filter((each) => each.kind === kind && each.name === policy) ?? [];

/** A ResourceDescriptor: the policy, by the digest of its source. */
function referenceTo(record: RunRecord, judgement: RecordedJudgement) {
  const [attached] = attachmentsOf(record, judgement);
  const { kind, policy } = judgement;
  const { namespace } = record;
  return {
    name: policy,
    ...(attached === undefined ? {} : { digest: { sha256: attached.source.replace(/^sha256:/, '') } }),
    annotations: { name: policy, ...(kind === 'Policy' ? { organization: namespace } : {}) },
  };
}
