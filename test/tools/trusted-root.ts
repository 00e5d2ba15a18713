import { createHash } from 'node:crypto';
import type { Fulcio } from './fulcio.ts';
import { REKOR_V1_ORIGIN, REKOR_V2_ORIGIN, type TransparencyLog } from './rekor.ts';
import type { TimestampAuthority } from './timestamps.ts';

export interface Services {
  readonly fulcio: Fulcio;
  readonly timestamps: TimestampAuthority;
  readonly rekorV1: TransparencyLog;
  readonly rekorV2: TransparencyLog;
}

/** A `trusted_root.json` v0.1 that trusts the services from `start` on. */
export function trustedRoot({ fulcio, timestamps, rekorV1, rekorV2 }: Services, start: Date): string {
  const validFor = { start: start.toISOString() };
  const { certificateLog } = fulcio;
  const certificateLogKey = certificateLog.publicKey.export({ type: 'spki', format: 'der' });
  const ecdsa = 'PKIX_ECDSA_P256_SHA_256';
  const log = (baseUrl: string, key: Uint8Array, keyDetails: string, keyId: Buffer): unknown => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key), keyDetails, validFor },
    logId: { keyId: keyId.toString('base64') },
  });
  const authority = (uri: string, chain: string): unknown => ({
    subject: { organization: 'proviso.test', commonName: 'test' },
    uri,
    certChain: { certificates: certificatesOf(chain).map((rawBytes) => ({ rawBytes })) },
    validFor,
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      log(`https://${REKOR_V1_ORIGIN}`, rekorV1.publicKey, ecdsa, sha256(rekorV1.publicKey)),
      log(`https://${REKOR_V2_ORIGIN}`, rekorV2.publicKey, 'PKIX_ED25519', checkpointKeyId(rekorV2.publicKey)),
    ],
    certificateAuthorities: [authority(fulcio.url, fulcio.chain)],
    ctlogs: [log(certificateLog.url, certificateLogKey, ecdsa, sha256(certificateLogKey))],
    timestampAuthorities: [authority(timestamps.url, timestamps.chain)],
  });
}

/** A root that trusts nothing, for those that want one although a key is given. */
export const EMPTY_ROOT = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
});

/** The certificates of a PEM file, each base64 of its DER. */
const certificatesOf = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body]) =>
    (body ?? '').replaceAll(/\s/g, ''),
  );

const ED25519_TYPE = 1;
const ED25519_KEY_BYTES = 32;

/** The key ID of a C2SP signed note, not cut to its four bytes. */
function checkpointKeyId(spki: Uint8Array): Buffer {
  const name = Buffer.from(`${REKOR_V2_ORIGIN}\n`);
  return sha256(Buffer.concat([name, Buffer.of(ED25519_TYPE), spki.subarray(-ED25519_KEY_BYTES)]));
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
