import { constants, type KeyObject, publicDecrypt, sign, verify } from 'node:crypto';
import { LIMITS } from './container/limits.ts';
import { readInside, TAG } from './der.ts';
import { describeKey, type KeyKind, kindOf } from './keys.ts';
import type { Work } from './work.ts';

interface Scheme {
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly padding?: number;
}

const { RSA_NO_PADDING, RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;
const HASHES = ['sha256', 'sha384', 'sha512'] as const;
const pss: readonly Scheme[] = HASHES.map((hash) => ({ hash, padding: RSA_PKCS1_PSS_PADDING }));

/**
 * What each kind of key signs with, the usual first. The envelope doesn't say it, and tools differ: older ones take SHA-256
 * for every curve, newer ones the hash of the curve's size.
 */
const SCHEMES: Readonly<Record<KeyKind, readonly Scheme[]>> = {
  p256: [{ hash: 'sha256' }],
  p384: [{ hash: 'sha384' }, { hash: 'sha256' }],
  p521: [{ hash: 'sha512' }, { hash: 'sha256' }],
  ed25519: [{ hash: null }],
  rsa: [...HASHES.map((hash) => ({ hash, padding: RSA_PKCS1_PADDING })), ...pss],
  'rsa-pss': pss,
};
/** Bytes of r‖s (IEEE P1363). */
const P1363_BYTES: Readonly<Partial<Record<KeyKind, number>>> = { p256: 64, p384: 96, p521: 132 };
const ED25519_BYTES = 64;

/** A scheme, and the encoding of ECDSA signatures, which the others don't have. */
interface Attempt extends Scheme {
  readonly dsaEncoding: 'der' | 'ieee-p1363';
}

/**
 * Whether the signature over `data` is by the key, in any scheme of its kind; ECDSA in DER or as r‖s. False as well when
 * there is no work left for it. Never throws.
 */
export function isSignedBy(key: KeyObject, data: Uint8Array, signature: Uint8Array, work: Work): boolean {
  return attempts(key, Buffer.from(signature)).some((attempt) => {
    if (!work.spend(LIMITS.checkWork + data.length)) return false;
    try {
      return verify(attempt.hash, data, howTo(key, attempt), signature);
    } catch {
      return false;
    }
  });
}

/** The key alone where that says the same: with an object around it Node takes a fifth longer. */
function howTo(key: KeyObject, { padding, dsaEncoding }: Attempt): Parameters<typeof verify>[2] {
  if (padding !== undefined) return { key, padding, saltLength: SALT_OF_SIGNATURE };
  return dsaEncoding === 'der' ? key : { key, dsaEncoding };
}

/** The schemes whose form the signature has: for each the data has to be hashed, and that may be megabytes. */
function attempts(key: KeyObject, signature: Buffer): readonly Attempt[] {
  const kind = kindOf(key);
  switch (kind) {
    case undefined:
      return [];
    case 'ed25519':
      return signature.length === ED25519_BYTES ? SCHEMES[kind].map(inDer) : [];
    case 'rsa':
      return SCHEMES[kind].filter(isOfForm(key, signature)).map(inDer);
    case 'rsa-pss':
      return SCHEMES[kind].map(inDer);
    default: {
      const isRaw = P1363_BYTES[kind] === signature.length;
      const raw = isRaw ? SCHEMES[kind].map((scheme): Attempt => ({ ...scheme, dsaEncoding: 'ieee-p1363' })) : [];
      return [...(isPairInDer(signature) ? SCHEMES[kind].map(inDer) : []), ...raw];
    }
  }
}

const inDer = (scheme: Scheme): Attempt => ({ ...scheme, dsaEncoding: 'der' });

/** Two integers, which is what an ECDSA signature is (RFC 3279, 2.2.3). */
function isPairInDer(signature: Buffer): boolean {
  try {
    const numbers = readInside(signature, TAG.sequence);
    return numbers.length === 2 && numbers.every(({ tag }) => tag === TAG.integer);
  } catch {
    return false;
  }
}

/** By the block that the key opens: PKCS#1 begins with 00 01, PSS ends with BC (RFC 8017, 9.2 and 9.1.1), others do by chance. */
function isOfForm(key: KeyObject, signature: Buffer): (scheme: Scheme) => boolean {
  let block: Buffer;
  try {
    block = publicDecrypt({ key, padding: RSA_NO_PADDING }, signature);
  } catch {
    return () => false;
  }
  const isPkcs1 = block[0] === 0 && block[1] === 1;
  const isPss = block.at(-1) === 0xbc;
  return ({ padding }) => (padding === RSA_PKCS1_PADDING ? isPkcs1 : isPss);
}

const SALT_OF_SIGNATURE = constants.RSA_PSS_SALTLEN_AUTO;

/** A signature over `data` in the usual scheme of the key's kind. Throws for a kind that may not sign. */
export function signData(key: KeyObject, data: Uint8Array): Buffer {
  const kind = kindOf(key);
  const [scheme] = kind === undefined ? [] : SCHEMES[kind];
  if (scheme === undefined) throw new Error(`a key of ${describeKey(key)} may not sign`);
  const { hash, padding } = scheme;
  return padding === undefined
    ? sign(hash, data, key)
    : sign(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
}
