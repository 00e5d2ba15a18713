import type { ArchiveDatabase, RunTable } from './tables.ts';

/** A run of the archive, and which archive record is the one of it. */
export type RecordedRun = Pick<RunTable, 'uid' | 'namespace' | 'name' | 'document' | 'record_digest'>;

/** Every run in the archive behind `after`, by uid, in pages. One that comes in meanwhile may be left out. */
export async function* recordedRuns(
  database: ArchiveDatabase,
  after: string,
  pageSize: number,
): AsyncGenerator<readonly RecordedRun[]> {
  for (let last: string | undefined = after; last !== undefined; ) {
    const page: readonly RecordedRun[] = await database
      .selectFrom('runs')
      .select(['uid', 'namespace', 'name', 'document', 'record_digest'])
      .where('uid', '>', last)
      .orderBy('uid')
      .limit(pageSize)
      .execute();
    if (page.length > 0) yield page;
    last = page.length === pageSize ? page.at(-1)?.uid : undefined;
  }
}
