import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { TrustedKey } from '../api/trust.ts';

export type PublicKeyReading =
  | { readonly ok: true; readonly key: KeyObject; readonly publicKey: string; readonly fingerprint: string }
  | { readonly ok: false; readonly message: string };

/** The kinds of keys that may sign, each with the names that the rest of the world uses. */
export type KeyKind = 'p256' | 'p384' | 'p521' | 'ed25519' | 'rsa' | 'rsa-pss';

export const KEY_KINDS_IN_WORDS = 'ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits';

const CURVES: Readonly<Record<string, KeyKind>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };
const RSA_BITS = { least: 2048, most: 4096 };
/** A huge exponent makes verifying as slow as signing; a tiny one has its own history of forgeries. */
const RSA_EXPONENT = { least: 65_537n, most: 2n ** 32n };

/** Reads a public key PEM (SPKI) of a kind that may sign. */
export function readPublicKey(pem: string): PublicKeyReading {
  if (pem.includes('PRIVATE KEY')) {
    return {
      ok: false,
      message: 'this is a private key; put only its public part here, and replace the key, since it was shown',
    };
  }
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) {
    return { ok: false, message: "there is no PEM block '-----BEGIN PUBLIC KEY-----'" };
  }
  // Node reads the first block alone; whoever put a second one there would believe that it counts.
  if (pem.split('-----BEGIN ').length > 2) {
    return { ok: false, message: 'there are several PEM blocks; put each key into an entry of its own' };
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return { ok: false, message: 'the PEM block does not hold a public key' };
  }
  if (kindOf(key) === undefined) {
    return { ok: false, message: `keys must be ${KEY_KINDS_IN_WORDS}, not ${describeKey(key)}` };
  }
  return {
    ok: true,
    key,
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(key),
  };
}

/** `SHA256:` and the base64 SHA-256 of the SPKI DER. */
export const fingerprintOf = (key: KeyObject): string =>
  `SHA256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')}`;

/** What kind of key it is; undefined for one that may not sign. */
export function kindOf(key: KeyObject): KeyKind | undefined {
  const { namedCurve = '', modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'ed25519';
    case 'ec':
      return CURVES[namedCurve];
    case 'rsa':
    case 'rsa-pss': {
      const isSound =
        modulusLength >= RSA_BITS.least &&
        modulusLength <= RSA_BITS.most &&
        publicExponent >= RSA_EXPONENT.least &&
        publicExponent <= RSA_EXPONENT.most;
      return isSound ? key.asymmetricKeyType : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a key counts at a time. */
export const countsAt = (
  { validFrom, validUntil }: Pick<TrustedKey, 'validFrom' | 'validUntil'>,
  time: Date,
): boolean =>
  (validFrom === undefined || time >= new Date(validFrom)) &&
  (validUntil === undefined || time <= new Date(validUntil));

/** The key in words, for messages. */
export function describeKey(key: KeyObject): string {
  const { namedCurve, modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  const size = modulusLength === undefined ? namedCurve : `of ${modulusLength} bits and exponent ${publicExponent}`;
  return [key.asymmetricKeyType ?? 'unknown', size].filter(Boolean).join(' ').slice(0, 200);
}
