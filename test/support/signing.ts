import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { sigstoreBundle } from '../../src/attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';

/** A P-256 key pair as a pipeline would hold it. */
export interface TestKey {
  readonly privateKey: KeyObject;
  /** SPKI PEM. */
  readonly publicPem: string;
}

export function generateTestKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** A Sigstore bundle over the payload, signed with the key and nothing of the CLI. */
export function signedBundle(payload: Uint8Array, { privateKey }: TestKey): Uint8Array {
  const signature = sign('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), privateKey);
  return sigstoreBundle(dsseEnvelope(payload, signature), { kind: 'key', hint: 'test' });
}
