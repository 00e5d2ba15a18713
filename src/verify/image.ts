import { excerpt } from '../api/excerpt.ts';
import { asRecord } from '../api/record.ts';
import type { Trust } from '../api/trust.ts';
import { readBundle } from './container/bundle.ts';
import type { SignedContent } from './container/content.ts';
import { ContainerFault } from './container/fault.ts';
import { LIMITS } from './container/limits.ts';
import { readSimpleSigning } from './container/simple-signing.ts';
import { simpleSigningFault, statementFault } from './image-claim.ts';
import { plainSignedBytes, signedBytes } from './signed-bytes.ts';
import { findSigners } from './signers.ts';
import type { Refusal, Signer } from './verdict.ts';
import { boundedWork, type Work } from './work.ts';

/** What verification says of the signatures that came with an image. */
export type ImageVerdict =
  | { readonly verified: true; readonly signers: readonly [Signer, ...Signer[]] }
  /** What was wrong with each; none came where there is nothing. */
  | { readonly verified: false; readonly refusals: readonly Refusal[] };

/** What was found beside an image: a document, and where it stood, for messages. */
export interface ImageSignature {
  /** A Sigstore bundle, or the descriptor of a layer of cosign with the layer in `data`. */
  readonly document: unknown;
  readonly at: string;
}

/** What the record of a material has place for. */
const MAX_SIGNERS = 8;
const MAX_REFUSALS = 20;
const MAX_TEXT = 500;

/**
 * Which trusted signers have signed the image of the digest (`sha256:…`): one is enough, and one bad signature beside it
 * takes nothing away, as anybody who may write to the repository can put one there. Pure; it doesn't throw.
 */
export function verifyImage(
  signatures: readonly ImageSignature[],
  digest: string,
  trust: Trust,
  now: Date,
): ImageVerdict {
  const work = boundedWork(LIMITS.work);
  const signers = new Map<string, Signer>();
  const refusals: Refusal[] = [];
  for (const { document, at } of signatures.slice(0, LIMITS.contents)) {
    const outcome = judge(document, digest, trust, now, work);
    for (const signer of outcome.signers) signers.set(idOf(signer), signer);
    refusals.push(...outcome.refusals.map((refusal) => ({ ...refusal, at: placeIn(at, refusal) })));
  }
  const [first, ...others] = [...signers.values()].slice(0, MAX_SIGNERS);
  if (first !== undefined) return { verified: true, signers: [first, ...others] };
  if (work.isExceeded()) refusals.unshift(TOO_MUCH);
  if (signatures.length > LIMITS.contents) refusals.unshift(tooMany(signatures.length));
  return { verified: false, refusals: refusals.slice(0, MAX_REFUSALS).map(inShort) };
}

interface Outcome {
  readonly signers: readonly Signer[];
  readonly refusals: readonly Refusal[];
}

/** Whether a document says of itself that it signs the image; nothing is verified. */
export function claimsImage(document: unknown, digest: string): boolean {
  try {
    const { content, isBundle } = readSignature(document);
    return claimFault(content, isBundle, digest) === undefined;
  } catch {
    return false;
  }
}

function readSignature(document: unknown): { readonly content: SignedContent; readonly isBundle: boolean } {
  const isBundle = asRecord(document)?.verificationMaterial !== undefined;
  return { content: isBundle ? readBundle(document, '') : readSimpleSigning(document, ''), isBundle };
}

function judge(document: unknown, digest: string, trust: Trust, now: Date, work: Work): Outcome {
  try {
    const { content, isBundle } = readSignature(document);
    const fault = claimFault(content, isBundle, digest);
    if (fault !== undefined) return { signers: [], refusals: [fault] };
    const signed = isBundle ? signedBytes(content, work) : plainSignedBytes(content, work);
    const found = findSigners(content, signed, trust, now);
    return found.ok ? { signers: found.signers, refusals: [] } : { signers: [], refusals: found.refusals };
  } catch (error) {
    return { signers: [], refusals: [unreadable(error)] };
  }
}

const claimFault = ({ payloadType, payload }: SignedContent, isBundle: boolean, digest: string): Refusal | undefined =>
  isBundle ? statementFault(payloadType, payload, digest) : simpleSigningFault(payload, digest);

function unreadable(error: unknown): Refusal {
  if (error instanceof ContainerFault) return error.refusal;
  const found = error instanceof Error ? error.message : String(error);
  return { code: 'attestation-malformed', step: 'container', expected: 'a readable signature', found };
}

const idOf = (signer: Signer): string =>
  signer.kind === 'key' ? signer.fingerprint : `${signer.identity} ${signer.issuer ?? ''}`;

const placeIn = (at: string, refusal: Refusal): string => (refusal.at === undefined ? at : `${at}, ${refusal.at}`);

const TOO_MUCH: Refusal = {
  code: 'attestation-malformed',
  step: 'signature',
  expected: `signatures that can be checked by hashing ${LIMITS.work >> 20} MiB`,
  found: 'more',
};

const tooMany = (count: number): Refusal => ({
  code: 'attestation-malformed',
  step: 'container',
  expected: `at most ${LIMITS.contents} signatures`,
  found: String(count),
});

const inShort = (refusal: Refusal): Refusal => ({
  ...refusal,
  expected: excerpt(refusal.expected, MAX_TEXT),
  found: excerpt(refusal.found, MAX_TEXT),
});
