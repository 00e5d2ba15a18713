import type { KeyObject } from 'node:crypto';
import { API_VERSION } from '../api/labels.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { signData } from '../verify/signature.ts';
import { dsseEnvelope, preAuthEncoding } from './dsse.ts';

/** A finished run as the archive takes it, kept beside its evidence for the day on which the archive is lost. */
export interface ArchiveRecord {
  /** The installation that made it, a URI. */
  readonly verifierId: string;
  /** When, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** Names of the materials that the run's contract calls its products: contracts are removed sooner than evidence. */
  readonly outputs: readonly string[];
  readonly run: WorkflowRun;
}

export const ARCHIVE_RECORD = 'ArchiveRecord';

/** DSSE: unlike that of any statement, so that no signature over one passes for one over the other. */
export const ARCHIVE_RECORD_TYPE = 'application/vnd.proviso.archive-record.v1+json';

/** How the bytes of every record begin, by which it is told from other evidence. */
export const ARCHIVE_RECORD_HEAD = Buffer.from(
  `${JSON.stringify({ apiVersion: API_VERSION, kind: ARCHIVE_RECORD }).slice(0, -1)},`,
);

/** The largest one in bytes: no run that etcd holds comes to more in base64. */
export const MAX_ARCHIVE_RECORD = 4 << 20;

/** The bytes to keep: `{apiVersion, kind, envelope}`, with the record in a DSSE envelope. */
export function signedArchiveRecord(key: KeyObject, record: ArchiveRecord): Uint8Array {
  const payload = Buffer.from(JSON.stringify(record), 'utf8');
  const signature = signData(key, preAuthEncoding(ARCHIVE_RECORD_TYPE, payload));
  const envelope = dsseEnvelope(payload, signature, '', ARCHIVE_RECORD_TYPE);
  return Buffer.from(JSON.stringify({ apiVersion: API_VERSION, kind: ARCHIVE_RECORD, envelope }), 'utf8');
}
