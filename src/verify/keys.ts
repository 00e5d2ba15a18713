import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export type PublicKeyReading =
  | { readonly ok: true; readonly key: KeyObject; readonly publicKey: string; readonly fingerprint: string }
  | { readonly ok: false; readonly message: string };

const P1363_BYTES = 64;

/** Reads a public key PEM (SPKI) of a kind that is accepted: P-256 or Ed25519. */
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
  const kind = kindOf(key);
  if (kind === undefined) {
    return { ok: false, message: `keys must be ECDSA P-256 or Ed25519, not ${nameOf(key)}` };
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

/** Whether the signature over `data` is by the key: ECDSA in DER or as r‖s, or Ed25519. Never throws. */
export function isSignedBy(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    switch (kindOf(key)) {
      case 'ed25519':
        return verify(null, data, key, signature);
      case 'p256':
        return (
          verify('sha256', data, { key, dsaEncoding: 'der' }, signature) ||
          (signature.length === P1363_BYTES && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature))
        );
      default:
        return false;
    }
  } catch {
    return false;
  }
}

function kindOf(key: KeyObject): 'p256' | 'ed25519' | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  return isP256(key) ? 'p256' : undefined;
}

/** Whether it is an ECDSA key on P-256. */
export const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';

const nameOf = (key: KeyObject): string =>
  [key.asymmetricKeyType ?? 'unknown', key.asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ');
