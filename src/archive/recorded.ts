import type { ArchiveDatabase, RunTable } from './tables.ts';

/** A run of the archive, and which archive record is the one of it. */
export type RecordedRun = Pick<RunTable, 'uid' | 'namespace' | 'name' | 'document' | 'record_digest'>;

/** The runs in the archive behind `after`, by uid; all of them if it is empty. Fewer than `limit` are the last. */
export const recordedRuns = (
  database: ArchiveDatabase,
  after: string,
  limit: number,
): Promise<readonly RecordedRun[]> =>
  database
    .selectFrom('runs')
    .select(['uid', 'namespace', 'name', 'document', 'record_digest'])
    .where('uid', '>', after)
    .orderBy('uid')
    .limit(limit)
    .execute();
