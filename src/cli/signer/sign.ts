import { createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { sigstoreBundle, type VerificationMaterial } from '../../attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../attestation/statement.ts';
import { fingerprintOf } from '../../verify/keys.ts';

/** A Sigstore bundle over the statement, signed with a key that the verifier knows. */
export function signWithKey(key: KeyObject, statement: Uint8Array): Uint8Array {
  return signedBundle(key, statement, { kind: 'key', hint: fingerprintOf(createPublicKey(key)) });
}

/** A Sigstore bundle over the statement, with the certificate (PEM) that was issued for the key. */
export function signWithCertificate(key: KeyObject, certificate: string, statement: Uint8Array): Uint8Array {
  return signedBundle(key, statement, { kind: 'certificate', der: new X509Certificate(certificate).raw });
}

function signedBundle(key: KeyObject, statement: Uint8Array, material: VerificationMaterial): Uint8Array {
  const data = preAuthEncoding(PAYLOAD_TYPE, statement);
  const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key);
  const keyid = material.kind === 'key' ? material.hint : '';
  return sigstoreBundle(dsseEnvelope(statement, signature, keyid), material);
}
