import type { Trust } from '../../api/trust.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import type { ContainerForm } from '../../verify/container/content.ts';
import type { Signer, Verdict } from '../../verify/verdict.ts';

/** An envelope, and who may have signed it. */
export interface EnvelopeTask {
  readonly bytes: Uint8Array;
  readonly trust: Trust;
  /** When it was received. */
  readonly now: Date;
}

/** Who signed it, without the statement. */
export type EnvelopeVerdict =
  | {
      readonly verified: true;
      readonly signers: readonly [Signer, ...Signer[]];
      /** Of what they signed. */
      readonly payloadDigest: string;
      readonly form: ContainerForm;
    }
  | Extract<Verdict, { readonly verified: false }>;

/** Verifies an envelope, whatever its statement is about. Pure; whatever is handed in, it doesn't throw. */
export function judgeEnvelope({ bytes, trust, now }: EnvelopeTask): EnvelopeVerdict {
  const verdict = verifyAttestation(bytes, trust, now);
  if (!verdict.verified) return verdict;
  const { signers, payload, form } = verdict;
  return { verified: true, signers, payloadDigest: sha256Digest(payload), form };
}
