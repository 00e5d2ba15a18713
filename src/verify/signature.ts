import { constants, type KeyObject, sign, verify } from 'node:crypto';
import { describeKey, type KeyKind, kindOf } from './keys.ts';

interface Scheme {
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly padding?: number;
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;
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

/** Whether the signature over `data` is by the key, in any scheme of its kind; ECDSA in DER or as r‖s. Never throws. */
export function isSignedBy(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  const kind = kindOf(key);
  if (kind === undefined) return false;
  const encodings = P1363_BYTES[kind] === signature.length ? (['der', 'ieee-p1363'] as const) : (['der'] as const);
  return SCHEMES[kind].some(({ hash, padding }) =>
    encodings.some((dsaEncoding) => {
      try {
        const how = padding === undefined ? { key, dsaEncoding } : { key, padding, saltLength: SALT_OF_SIGNATURE };
        return verify(hash, data, how, signature);
      } catch {
        return false;
      }
    }),
  );
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
