import { CONDITION } from '../api/conditions.ts';
import { Problem } from '../api/problem.ts';
import { COMPLIANCE_REASON, RUN_REASON } from '../api/reasons.ts';
import { settleVerdict, type VerdictClaims } from '../api/run-verdict.ts';
import type {
  RecordedAttestation,
  RecordedSigner,
  RecordedStatement,
  RunPolicies,
  WorkflowRun,
} from '../api/types.gen.ts';
import { describeOwed, summaryOf } from '../contract/completeness.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { PolicyVerdict } from '../contract/policy-verdict.ts';
import { progressOf } from '../contract/progress.ts';
import type { EvidenceInfo } from '../evidence/store.ts';
import { differenceIn, placeOf, type Signer } from '../verify/verdict.ts';
import type { JudgedAttestation, Judgement } from './checks/judgement.ts';
import type { Exceptions } from './exceptions.ts';
import { completenessOf } from './state.ts';

/** What is accepted of an attestation for a run, by what checking it came to. Throws the problem that refuses it. */
export function acceptedOf(
  judgement: Judgement,
  run: WorkflowRun,
  contract: EffectiveContract,
  exceptions: Exceptions,
): JudgedAttestation {
  if (!judgement.verified) {
    const [first] = judgement.refusals;
    throw new Problem(first.code, differenceIn(first), {
      errors: judgement.refusals.map((refusal) => ({ at: placeOf(refusal), message: differenceIn(refusal) })),
      ...(first.code.startsWith('json-') ? {} : { hint: signerHint(run, contract) }),
    });
  }
  const { attestation, findings } = judgement;
  const [finding] = findings;
  if (finding !== undefined) {
    throw new Problem(
      'statement-mismatch',
      `the statement does not agree with the record: ${finding.at} ${finding.message}`,
      {
        errors: findings,
        hint: 'sign the statement that the receiver renders for this run: proviso push',
      },
    );
  }
  const found = completenessOf(run, contract, exceptions);
  if (!found.complete) {
    throw new Problem(
      'contract-not-met',
      `the run has ${summaryOf(found)} of what the contract '${contract.name}' asks for`,
      {
        errors: found.missing.map((owed) => ({ at: owed.name, message: describeOwed(owed) })),
      },
    );
  }
  return attestation;
}

function signerHint({ spec }: WorkflowRun, contract: EffectiveContract): string {
  if (contract.signers.length > 0)
    return 'sign as the contract asks: proviso push --key FILE, or --attestation FILE with what another tool signed';
  return spec.identity.serviceAccount === undefined
    ? 'only service accounts of the cluster get certificates: whoever owns the contract has to name a key or an identity in spec.signers'
    : 'push with the certificate of this run: proviso push, without --key';
}

export interface VerdictFacts {
  readonly verified: JudgedAttestation;
  /** What policies came to, and where all that they said is kept; undefined where the contract attaches none. */
  readonly judged: JudgedPolicies | undefined;
  readonly stored: EvidenceInfo;
  readonly storeName: string;
  /** Of the control plane, durable; none of a run that fails. */
  readonly statements: readonly RecordedStatement[];
  readonly exceptions: Exceptions;
  readonly now: Date;
}

export interface JudgedPolicies {
  readonly verdict: PolicyVerdict;
  /** As the status of the run has it. */
  readonly policies: RunPolicies;
}

/** The status of a run that gets its verdict, as the receiver's field manager owns it. */
export function verdictStatus(run: WorkflowRun, contract: EffectiveContract, facts: VerdictFacts) {
  const { verified, judged, stored, storeName, statements, exceptions, now } = facts;
  const time = now.toISOString();
  const [signer, ...others] = verified.signers.map(recordedSigner);
  if (signer === undefined) throw new Error('verified without a signer');
  const attestation: RecordedAttestation = {
    digest: stored.digest,
    size: stored.size,
    mediaType: verified.mediaType,
    predicateType: verified.predicateType,
    payloadDigest: verified.payloadDigest,
    signer,
    ...(others.length === 0 ? {} : { cosigners: others }),
    storeName,
    receiveTime: time,
  };
  const { required, present, waived = [] } = completenessOf(run, contract, exceptions);
  const waivers = exceptions.used();
  const excused = waived.length === 0 ? '' : ` (waived: ${waived.join(', ')})`;
  const signed = `${present} of ${required} required materials${excused}, signed by ${[signer, ...others].map(({ display }) => display).join(', ')}`;
  return {
    ...(run.status?.startTime === undefined ? {} : { startTime: run.status.startTime }),
    finishTime: time,
    progress: progressOf(contract, run.status?.materials ?? []),
    attestation,
    ...(statements.length === 0 ? {} : { statements }),
    ...(judged === undefined ? {} : { policies: judged.policies }),
    ...(waivers.length === 0 ? {} : { waivers }),
    ...settleVerdict(run, claimsOf(signed, judged, waived.length > 0), time),
  };
}

/** What a verdict says, by what policies came to. */
const REASONS = {
  passed: [RUN_REASON.Accepted, COMPLIANCE_REASON.Compliant],
  violated: [RUN_REASON.AcceptedWithViolations, COMPLIANCE_REASON.Violated],
  waived: [RUN_REASON.Waived, COMPLIANCE_REASON.Waived],
  blocked: [RUN_REASON.PolicyViolation, COMPLIANCE_REASON.Violated],
} as const;

function claimsOf(signed: string, judged: JudgedPolicies | undefined, isExcused: boolean): VerdictClaims {
  if (judged === undefined) {
    const reason = isExcused ? RUN_REASON.Waived : RUN_REASON.Accepted;
    return [{ type: CONDITION.Succeeded, status: 'True', reason, message: signed }];
  }
  const { verdict } = judged;
  const { evaluated, passed, skipped } = verdict.policies;
  const asked = `policies were asked ${evaluated} times: ${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const said = verdict.message ?? asked;
  const [policies, compliance] = REASONS[verdict.result];
  const reason = isExcused && policies === RUN_REASON.Accepted ? RUN_REASON.Waived : policies;
  const status = verdict.result === 'blocked' ? 'False' : 'True';
  const isCompliant = compliance !== COMPLIANCE_REASON.Violated;
  return [
    { type: CONDITION.Succeeded, status, reason, message: status === 'False' ? said : `${signed}; ${said}` },
    { type: CONDITION.PolicyCompliant, status: isCompliant ? 'True' : 'False', reason: compliance, message: said },
  ];
}

const TIME_SOURCE = { log: 'Log', timestamp: 'Timestamp', receipt: 'Receipt' } as const;

/** A signer as the status of a run holds it. */
export function recordedSigner(signer: Signer): RecordedSigner {
  if (signer.kind === 'key')
    return { kind: 'Key', fingerprint: signer.fingerprint, display: signer.fingerprint.slice(0, 19) };
  const [, namespace, name] = /namespaces\/([^/]+)\/serviceaccounts\/([^/]+)$/.exec(signer.identity) ?? [];
  const display = namespace === undefined ? signer.identity : `${namespace}/${name}`;
  return {
    kind: 'Certificate',
    identity: signer.identity,
    ...(signer.issuer === undefined ? {} : { issuer: signer.issuer }),
    time: signer.time,
    timeSource: TIME_SOURCE[signer.timeSource],
    ...(Object.keys(signer.claims).length === 0 ? {} : { claims: signer.claims }),
    fingerprint: signer.fingerprint,
    display: display.slice(0, 256),
  };
}
