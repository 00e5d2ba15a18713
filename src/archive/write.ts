import type { RunRows } from './rows.ts';
import type { ArchiveDatabase } from './tables.ts';

/** Rows of one statement, so that it stays below the servers' limit of parameters. */
const BATCH = 100;

/** Puts a run into the archive, all of it or nothing. Once more changes nothing. */
export async function archiveRun(database: ArchiveDatabase, { run, digests }: RunRows): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const { uid: _, ...rest } = run;
    await transaction
      .insertInto('runs')
      .values(run)
      .onConflict((conflict) => conflict.column('uid').doUpdateSet(rest))
      .execute();
    await transaction.deleteFrom('digests').where('run_uid', '=', run.uid).execute();
    for (let from = 0; from < digests.length; from += BATCH) {
      await transaction
        .insertInto('digests')
        .values(digests.slice(from, from + BATCH))
        .execute();
    }
  });
}

/** Which of these runs, by uid, the archive has. */
export async function archivedAmong(database: ArchiveDatabase, uids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < uids.length; from += BATCH) {
    const rows = await database
      .selectFrom('runs')
      .select('uid')
      .where('uid', 'in', uids.slice(from, from + BATCH))
      .execute();
    for (const { uid } of rows) found.add(uid);
  }
  return found;
}
