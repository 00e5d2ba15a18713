import { createHash, type KeyObject } from 'node:crypto';
import { preAuthEncoding } from '../attestation/dsse.ts';
import type { SignedContent } from './container/content.ts';
import { isSignedBy } from './signature.ts';
import type { Work } from './work.ts';

/** What the signatures of an attestation are over; several signatures, keys and log entries ask the same of it. */
export interface SignedBytes {
  /** False as well when there was no work left for it. Never throws. */
  readonly isSignedBy: (key: KeyObject, signature: Uint8Array) => boolean;
  /** SHA-256 of what is signed, which is more than the payload. */
  readonly digest: () => Buffer;
  /** SHA-256 of the payload alone. */
  readonly payloadDigest: () => Buffer;
  readonly work: Work;
}

/** Of a DSSE envelope: its payload with its type. */
export const signedBytes = ({ payloadType, payload }: SignedContent, work: Work): SignedBytes =>
  bytesToSign(preAuthEncoding(payloadType, payload), payload, work);

/** Of what is signed as it stands. */
export const plainSignedBytes = ({ payload }: SignedContent, work: Work): SignedBytes =>
  bytesToSign(payload, payload, work);

function bytesToSign(data: Uint8Array, payload: Uint8Array, work: Work): SignedBytes {
  return {
    isSignedBy: (key, signature) => isSignedBy(key, data, signature, work),
    digest: once(() => sha256(data)),
    payloadDigest: once(() => sha256(payload)),
    work,
  };
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
