import type { KeyObject } from 'node:crypto';
import { signData } from '../verify/signature.ts';
import { sigstoreBundle, type VerificationMaterial } from './bundle.ts';
import { dsseEnvelope, preAuthEncoding } from './dsse.ts';
import { PAYLOAD_TYPE } from './statement.ts';

/**
 * A Sigstore bundle over the statement, signed with the key that the material leads to. The envelope names no key: cosign and
 * slsa-verifier skip a signature whose key id isn't the one that they compute themselves, from the key's SSH form.
 */
export function signedBundle(key: KeyObject, statement: Uint8Array, material: VerificationMaterial): Uint8Array {
  const data = preAuthEncoding(PAYLOAD_TYPE, statement);
  return sigstoreBundle(dsseEnvelope(statement, signData(key, data)), material);
}
