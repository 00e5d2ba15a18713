import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { signedBundle } from '../../attestation/sign.ts';
import { fingerprintOf } from '../../verify/keys.ts';

/** A Sigstore bundle over the statement, signed with a key that the verifier knows. */
export function signWithKey(key: KeyObject, statement: Uint8Array): Uint8Array {
  return signedBundle(key, statement, { kind: 'key', hint: fingerprintOf(createPublicKey(key)) });
}

/** A Sigstore bundle over the statement, with the certificate (PEM) that was issued for the key. */
export function signWithCertificate(key: KeyObject, certificate: string, statement: Uint8Array): Uint8Array {
  return signedBundle(key, statement, { kind: 'certificate', der: new X509Certificate(certificate).raw });
}
