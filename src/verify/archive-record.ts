import { API_VERSION } from '../api/labels.ts';
import { asArray, asRecord, asText } from '../api/record.ts';
import { isFinished } from '../api/run-verdict.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import type { TrustedKey } from '../api/trust.ts';
import { ARCHIVE_RECORD, ARCHIVE_RECORD_TYPE, type ArchiveRecord } from '../attestation/archive-record.ts';
import { preAuthEncoding } from '../attestation/dsse.ts';
import { decodeBase64 } from './base64.ts';
import { LIMITS } from './container/limits.ts';
import type { ControlPlaneKeys } from './key-list.ts';
import { countsAt, readPublicKey } from './keys.ts';
import { isSignedBy } from './signature.ts';
import { boundedWork } from './work.ts';

export type ArchiveRecordReading =
  | { readonly ok: true; readonly record: ArchiveRecord }
  | { readonly ok: false; readonly message: string };

/**
 * Reads what says that it is an archive record. Anybody who may hand in evidence can store such bytes, so it counts only if
 * the control plane of this very installation has signed it, with a key that counted then. Pure.
 */
export function readArchiveRecord(bytes: Uint8Array, { verifierId, keys }: ControlPlaneKeys): ArchiveRecordReading {
  const payload = signedPayload(bytes);
  if (typeof payload === 'string') return refuse(payload);
  const key = keys.find((each) => isBy(each, payload));
  if (key === undefined) return refuse('no control-plane key of this installation has signed it');
  // From here on it is our own word.
  const record = JSON.parse(payload.bytes.toString('utf8')) as ArchiveRecord;
  if (record.verifierId !== verifierId) {
    return refuse(`it was made by the installation ${record.verifierId}, and this one is ${verifierId}`);
  }
  if (!countsAt(key, new Date(record.time))) {
    return refuse(`it says that it was made at ${record.time}, when the key ${key.fingerprint} did not count`);
  }
  const { run } = record;
  if (run.apiVersion !== API_VERSION || run.metadata.uid === undefined || !isFinished(run)) {
    return refuse('the run in it is not one that this version archives');
  }
  return { ok: true, record };
}

const refuse = (message: string): ArchiveRecordReading => ({ ok: false, message });

interface SignedPayload {
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

/** What is signed, or what is wrong with the form. */
function signedPayload(bytes: Uint8Array): SignedPayload | string {
  const parsed = parseStrictJson(bytes, { maxDepth: LIMITS.depth, maxValues: LIMITS.values });
  if (!parsed.ok) return `it is no JSON: ${parsed.message} (${parsed.at})`;
  const { apiVersion, kind, envelope } = asRecord(parsed.value) ?? {};
  if (apiVersion !== API_VERSION || kind !== ARCHIVE_RECORD) return `it is no ${ARCHIVE_RECORD} of ${API_VERSION}`;
  const { payloadType, payload, signatures } = asRecord(envelope) ?? {};
  if (payloadType !== ARCHIVE_RECORD_TYPE) return `/envelope/payloadType must be ${ARCHIVE_RECORD_TYPE}`;
  const [first, ...others] = asArray(signatures);
  const signature = decodeBase64(asText(asRecord(first)?.sig));
  if (signature === undefined || others.length > 0) return '/envelope/signatures must be one, in base64';
  const decoded = decodeBase64(asText(payload));
  return decoded === undefined ? '/envelope/payload must be base64' : { bytes: decoded, signature };
}

function isBy({ publicKey }: TrustedKey, { bytes, signature }: SignedPayload): boolean {
  const reading = readPublicKey(publicKey);
  if (!reading.ok) return false;
  const data = preAuthEncoding(ARCHIVE_RECORD_TYPE, bytes);
  return isSignedBy(reading.key, data, signature, boundedWork(LIMITS.work));
}
