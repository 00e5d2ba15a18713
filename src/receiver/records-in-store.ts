import { buffer } from 'node:stream/consumers';
import { Problem } from '../api/problem.ts';
import { rowsOf } from '../archive/rows.ts';
import type { ArchiveDatabase, ReadStoreTable } from '../archive/tables.ts';
import { archivedAs, archiveRun } from '../archive/write.ts';
import { ARCHIVE_RECORD_HEAD, type ArchiveRecord, MAX_ARCHIVE_RECORD } from '../attestation/archive-record.ts';
import type { Digest, EvidenceBytes, EvidenceInfo } from '../evidence/store.ts';
import { together } from '../queue/together.ts';
import { readArchiveRecord } from '../verify/archive-record.ts';
import type { ControlPlaneKeys } from '../verify/key-list.ts';

/** What came of the archive records in a store. */
export type RecordCounts = Pick<ReadStoreTable, 'archived' | 'present' | 'refused'>;

export interface RecordReading {
  readonly database: ArchiveDatabase;
  readonly keys: ControlPlaneKeys;
  /** Ends the walk, which throws then. */
  readonly signal: AbortSignal;
  /** Told of what looks like a record and isn't one that counts. */
  readonly onRefused: (digest: Digest, why: string) => void;
}

type Outcome = keyof RecordCounts | 'other';

/** Objects that are looked at together: most of the time is spent waiting for the first bytes of one. */
const READERS = 4;

/** Looks at every object of a store, and archives those records that the archive hasn't, or of which it has an earlier one. */
export async function archiveRecordsIn(bytes: EvidenceBytes, reading: RecordReading): Promise<RecordCounts> {
  const counts = { archived: 0, present: 0, refused: 0, other: 0 };
  await together(bytes.list(), READERS, async (info) => {
    reading.signal.throwIfAborted();
    counts[await archiveObject(bytes, info, reading)] += 1;
  });
  const { other: _, ...found } = counts;
  return found;
}

async function archiveObject(bytes: EvidenceBytes, info: EvidenceInfo, reading: RecordReading): Promise<Outcome> {
  if (!(await looksLikeRecord(bytes, info))) return 'other';
  const { digest } = info;
  const refuse = (why: string): Outcome => {
    reading.onRefused(digest, why);
    return 'refused';
  };
  const whole = await wholeOf(bytes, digest);
  if (typeof whole === 'string') return refuse(whole);
  const read = readArchiveRecord(whole, reading.keys);
  if (!read.ok) return refuse(read.message);
  if (await isArchivedSince(reading.database, read.record)) return 'present';
  return (await archiveRecord(reading.database, read.record, digest)) ? 'archived' : 'present';
}

/** Whether the archive has the run as this record or a later one says. */
export async function isArchivedSince(database: ArchiveDatabase, { run, time }: ArchiveRecord): Promise<boolean> {
  const there = await archivedAs(database, run.metadata.uid ?? '');
  return there?.record_time != null && there.record_time >= time;
}

/** Archives what a record says that was found to count. Returns whether it is in the archive as given. */
export const archiveRecord = (
  database: ArchiveDatabase,
  { run, outputs, time }: ArchiveRecord,
  digest: Digest,
): Promise<boolean> => archiveRun(database, rowsOf(run, new Set(outputs), { digest, time }));

async function looksLikeRecord(bytes: EvidenceBytes, { digest, size }: EvidenceInfo): Promise<boolean> {
  const { length } = ARCHIVE_RECORD_HEAD;
  if (size <= length || size > MAX_ARCHIVE_RECORD) return false;
  const head = await bytes.get(digest, { start: 0, end: length - 1 });
  return head !== undefined && ARCHIVE_RECORD_HEAD.equals(await buffer(head));
}

/** All its bytes, or what is wrong with them; a store that fails is another matter, and thrown. */
async function wholeOf(bytes: EvidenceBytes, digest: Digest): Promise<Buffer | string> {
  try {
    const stream = await bytes.get(digest);
    return stream === undefined ? 'it was removed meanwhile' : await buffer(stream);
  } catch (error) {
    if (error instanceof Problem && error.code === 'digest-mismatch') return error.message;
    throw error;
  }
}
