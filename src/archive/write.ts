import type { PlacedEvent } from '../api/run-events.ts';
import { writeEvents } from './outbox.ts';
import { writeResults } from './policy-results.ts';
import { release } from './release.ts';
import type { RunRows } from './rows.ts';
import type { ArchiveDatabase, RunTable } from './tables.ts';

/** Rows of one statement, so that it stays below the servers' limit of parameters. */
const BATCH = 100;

/**
 * Puts a run into the archive with what is to be told of it, all of it or nothing. Once more changes nothing, and what is older
 * than what is there changes nothing either. Returns whether it is in the archive as given.
 */
export async function archiveRun(
  database: ArchiveDatabase,
  { run, digests, results }: RunRows,
  events: readonly PlacedEvent[] = [],
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const { uid, ...rest } = run;
    const before = await transaction
      .selectFrom('runs')
      .select(['store', 'record_digest as digest'])
      .where('uid', '=', uid)
      .executeTakeFirst();
    const written = await transaction
      .insertInto('runs')
      .values(run)
      .onConflict((conflict) =>
        conflict
          .column('uid')
          .doUpdateSet(rest)
          .where(({ or, eb }) =>
            or([eb('runs.record_time', 'is', null), eb('runs.record_time', '<=', run.record_time)]),
          ),
      )
      .returning('uid')
      .executeTakeFirst();
    // Of two records one is of no use any more.
    const replaced = written === undefined ? { store: run.store, digest: run.record_digest } : before;
    if (before?.digest !== run.record_digest) await release(transaction, replaced === undefined ? [] : [replaced]);
    if (written === undefined) return false;
    await transaction.deleteFrom('digests').where('run_uid', '=', run.uid).execute();
    for (let from = 0; from < digests.length; from += BATCH) {
      await transaction
        .insertInto('digests')
        .values(digests.slice(from, from + BATCH))
        .execute();
    }
    await writeResults(transaction, uid, results);
    await writeEvents(transaction, run, events);
    return true;
  });
}

/** What of a run the archive has. */
export const archivedAs = (
  database: ArchiveDatabase,
  uid: string,
): Promise<Pick<RunTable, 'document' | 'record_digest' | 'record_time'> | undefined> =>
  database
    .selectFrom('runs')
    .select(['document', 'record_digest', 'record_time'])
    .where('uid', '=', uid)
    .executeTakeFirst();

/** Which of these runs, by uid, the archive has, and could get back if it lost them. */
export async function archivedAmong(database: ArchiveDatabase, uids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < uids.length; from += BATCH) {
    const rows = await database
      .selectFrom('runs')
      .select('uid')
      .where('uid', 'in', uids.slice(from, from + BATCH))
      .where('record_digest', 'is not', null)
      .execute();
    for (const { uid } of rows) found.add(uid);
  }
  return found;
}
