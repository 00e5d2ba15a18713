import type { Trust } from '../../api/trust.ts';
import { parseImageReference } from '../../materials/image-reference.ts';
import { isSignedReference, readSignedReference } from '../../materials/signed-reference.ts';
import { type ImageVerdict, verifyImage } from '../../verify/image.ts';
import type { Refusal } from '../../verify/verdict.ts';

/** An image as it was handed in, and who may have signed it. */
export interface ImageTask {
  /** Of a reference: alone, or in a document with its signatures. Of a layout: its manifest, with which no signature comes. */
  readonly bytes: Uint8Array;
  readonly isReference: boolean;
  readonly trust: Trust;
  /** When it was received. */
  readonly now: Date;
}

/** Verifies what came along with an image. What can't be read has no signature; that it is no image, others say. */
export function judgeImage({ bytes, isReference, trust, now }: ImageTask): ImageVerdict {
  const signed = isReference && isSignedReference(bytes) ? readSignedReference(bytes) : undefined;
  const reading = signed?.ok === true ? parseImageReference(signed.reference) : undefined;
  if (signed?.ok !== true || reading?.ok !== true) return { verified: false, refusals: [] };
  const documents = signed.signatures.flatMap((each) => each.documents);
  const verdict = verifyImage(documents, reading.reference.digest, trust, now);
  if (verdict.verified || signed.signatures.every(({ provider }) => provider === 'cosign')) return verdict;
  return { verified: false, refusals: [...verdict.refusals, OF_NOTARY] };
}

const OF_NOTARY: Refusal = {
  code: 'attestation-malformed',
  step: 'container',
  expected: 'a signature of cosign',
  found: 'one of Notary, which can only be told to be there',
};
