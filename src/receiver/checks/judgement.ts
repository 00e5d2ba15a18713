import { excerpt } from '../../api/excerpt.ts';
import type { Finding } from '../../api/problem.ts';
import type { Trust } from '../../api/trust.ts';
import { compareStatement } from '../../attestation/compare.ts';
import type { RunRecord } from '../../attestation/record.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import type { ContainerForm } from '../../verify/container/content.ts';
import type { Signer, Verdict } from '../../verify/verdict.ts';

/** What is to be judged: the bytes of an attestation, by what counts for a run. */
export interface JudgementTask {
  readonly bytes: Uint8Array;
  readonly trust: Trust;
  readonly record: RunRecord;
  /** When the bytes were received. */
  readonly now: Date;
}

/** What verification and comparison came to, without the statement: that may be as large as the bytes were. */
export type Judgement =
  | { readonly verified: true; readonly attestation: JudgedAttestation; readonly findings: readonly Finding[] }
  | Extract<Verdict, { readonly verified: false }>;

export interface JudgedAttestation {
  readonly signers: readonly [Signer, ...Signer[]];
  readonly predicateType: string;
  readonly payloadDigest: string;
  /** Of the container. */
  readonly mediaType: string;
  readonly form: ContainerForm;
}

const MAX_FINDINGS = 20;
const MAX_TEXT = 500;

/** Verifies an attestation and compares its statement with the record. Pure; whatever is handed in, it doesn't throw. */
export function judge({ bytes, trust, record, now }: JudgementTask): Judgement {
  const verdict = verifyAttestation(bytes, trust, now);
  if (!verdict.verified) return verdict;
  const { signers, payload, statement, mediaType, form } = verdict;
  const findings = compareStatement(statement, record).slice(0, MAX_FINDINGS).map(inShort);
  const predicateType = excerpt(String(statement.predicateType), MAX_TEXT);
  return {
    verified: true,
    attestation: { signers, predicateType, payloadDigest: sha256Digest(payload), mediaType, form },
    findings,
  };
}

/** Names from the statement can be as long as itself. */
const inShort = ({ at, message }: Finding): Finding => ({
  ...(at === undefined ? {} : { at: excerpt(at, MAX_TEXT) }),
  message: excerpt(message, MAX_TEXT),
});
