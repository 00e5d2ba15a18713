import { type KeyObject, sign } from 'node:crypto';
import { sigstoreBundle, type VerificationMaterial } from './bundle.ts';
import { dsseEnvelope, preAuthEncoding } from './dsse.ts';
import { PAYLOAD_TYPE } from './statement.ts';

/**
 * A Sigstore bundle over the statement, signed with the key that the material leads to. The envelope names no key: cosign and
 * slsa-verifier skip a signature whose key id isn't the one that they compute themselves, from the key's SSH form.
 */
export function signedBundle(key: KeyObject, statement: Uint8Array, material: VerificationMaterial): Uint8Array {
  const data = preAuthEncoding(PAYLOAD_TYPE, statement);
  const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key);
  return sigstoreBundle(dsseEnvelope(statement, signature), material);
}
