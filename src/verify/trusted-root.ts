import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type CertificateAuthority, type TransparencyLogInstance, TrustedRoot } from '@sigstore/protobuf-specs';
import { sha256Hex } from '../api/canonical.ts';
import { asRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { extendedKeyUsageOf, readExtensions } from './extensions.ts';

export type TrustedRootReading =
  | { readonly ok: true; readonly root: TrustedRoot; readonly digest: string }
  | { readonly ok: false; readonly message: string };

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.[12]|\.v0\.2\+json)$/;
const MAX_BYTES = 512 << 10;
/** Authorities or logs of one sort. Checking one signature may have to ask each of them. */
const MAX_ENTRIES = 64;
/** Certificates of one chain; the ways through more, if each had issued several others, would be without number. */
const MAX_CHAIN = 8;
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/**
 * Reads a Sigstore `trusted_root.json`, media type v0.1 or v0.2. Refused are roots that verification would misread: a
 * log without a start of its validity would count for ever, a certificate or a key that can't be read never.
 */
export function readTrustedRoot(json: string): TrustedRootReading {
  if (Buffer.byteLength(json) > MAX_BYTES) return refuse(`it is larger than ${MAX_BYTES >> 10} KiB`);
  const parsed = parseStrictJson(Buffer.from(json, 'utf8'));
  if (!parsed.ok) return refuse(`it isn't JSON that every reader reads the same: ${parsed.message} (${parsed.at})`);
  const record = asRecord(parsed.value);
  if (record === undefined) return refuse('it must be a JSON object');
  const mediaType = String(record.mediaType);
  if (!MEDIA_TYPE.test(mediaType)) {
    return refuse(`/mediaType must be application/vnd.dev.sigstore.trustedroot+json;version=0.1, not '${mediaType}'`);
  }
  let root: TrustedRoot;
  try {
    root = TrustedRoot.fromJSON(record);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const problem = problemOf(root);
  if (problem !== undefined) return refuse(problem);
  return { ok: true, root, digest: `sha256:${sha256Hex(json)}` };
}

/** The key of a log, SPKI or PKCS#1. Throws when it is neither. */
export function logKey({ publicKey }: TransparencyLogInstance): KeyObject {
  const der = publicKey?.rawBytes;
  if (der === undefined) throw new Error('there is no key');
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return createPublicKey({ key: der, format: 'der', type: 'pkcs1' });
  }
}

function problemOf(root: TrustedRoot): string | undefined {
  const { certificateAuthorities, timestampAuthorities, tlogs, ctlogs } = root;
  if (certificateAuthorities.length === 0 && timestampAuthorities.length === 0 && tlogs.length === 0) {
    return 'it has neither certificateAuthorities nor tlogs nor timestampAuthorities, so nothing could be checked';
  }
  return (
    firstOf('certificateAuthorities', certificateAuthorities, authorityProblem) ??
    firstOf('timestampAuthorities', timestampAuthorities, timestampAuthorityProblem) ??
    firstOf('tlogs', tlogs, logProblem) ??
    firstOf('ctlogs', ctlogs, logProblem)
  );
}

function firstOf<T>(name: string, list: readonly T[], problem: (entry: T) => string | undefined): string | undefined {
  if (list.length > MAX_ENTRIES) return `/${name} has ${list.length} entries, and ${MAX_ENTRIES} is the most`;
  for (const [index, entry] of list.entries()) {
    const found = problem(entry);
    if (found !== undefined) return `/${name}/${index}: ${found}`;
  }
  return undefined;
}

function authorityProblem({ certChain }: CertificateAuthority): string | undefined {
  const certificates = certChain?.certificates ?? [];
  if (certificates.length === 0) return 'it has no certificate';
  if (certificates.length > MAX_CHAIN)
    return `it has ${certificates.length} certificates, and ${MAX_CHAIN} is the most`;
  for (const [index, { rawBytes }] of certificates.entries()) {
    try {
      new X509Certificate(rawBytes);
    } catch {
      return `certificate ${index} of its chain can't be read`;
    }
  }
  return undefined;
}

/** The certificate that signs comes first: neither the library nor a token says what it was issued for. */
function timestampAuthorityProblem(entry: CertificateAuthority): string | undefined {
  const problem = authorityProblem(entry);
  if (problem !== undefined) return problem;
  const der = entry.certChain?.certificates[0]?.rawBytes ?? Buffer.alloc(0);
  try {
    if (extendedKeyUsageOf(readExtensions(der))?.includes(TIME_STAMPING)) return undefined;
  } catch {
    return "the extensions of certificate 0 of its chain can't be read";
  }
  return 'certificate 0 of its chain must be the one that signs timestamps, with the extended key usage timeStamping';
}

function logProblem(log: TransparencyLogInstance): string | undefined {
  if (log.logId?.keyId === undefined || log.logId.keyId.length === 0) return 'it has no logId';
  if (log.publicKey?.validFor?.start === undefined)
    return 'it has no publicKey.validFor.start, so it would count for ever';
  try {
    logKey(log);
    return undefined;
  } catch {
    return "its publicKey.rawBytes can't be read as a key";
  }
}

const refuse = (message: string): TrustedRootReading => ({ ok: false, message });
