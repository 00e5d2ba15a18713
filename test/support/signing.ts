import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { sigstoreBundle } from '../../src/attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { useBundle, usePrivateKeys } from './secrets.ts';

/** A P-256 key pair as a pipeline would hold it. */
export interface TestKey {
  readonly privateKey: KeyObject;
  /** SPKI PEM. */
  readonly publicPem: string;
}

export function generateTestKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  usePrivateKeys(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** A Sigstore bundle over the payload, signed with the key and nothing of the CLI. */
export function signedBundle(payload: Uint8Array, { privateKey }: TestKey): Uint8Array {
  const signature = sign('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), privateKey);
  const bundle = sigstoreBundle(dsseEnvelope(payload, signature), { kind: 'key', hint: 'test' });
  useBundle(Buffer.from(bundle).toString('utf8'));
  return bundle;
}
