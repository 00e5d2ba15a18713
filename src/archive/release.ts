import type { Transaction } from 'kysely';
import type { ArchiveDatabase, ArchiveTables, ReleasedTable, RunTable } from './tables.ts';

/** Rows of one statement, so that it stays below the servers' limit of parameters. */
const BATCH = 100;

/** Notes what a run referred to, and may be of no use to anybody now. Objects without a store or a digest are none. */
export async function release(
  transaction: Transaction<ArchiveTables>,
  objects: readonly { readonly store: string | null; readonly digest: string | null }[],
): Promise<void> {
  for (const { store, digest } of objects) {
    if (store === null || digest === null) continue;
    await transaction
      .insertInto('released')
      .values({ store, digest })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/**
 * Takes a run out of the archive and notes what it referred to, both or nothing. Returns false for a run that was archived anew
 * since it was read, which stays.
 */
export async function removeRun(
  database: ArchiveDatabase,
  { uid, store, record_digest }: Pick<RunTable, 'uid' | 'store' | 'record_digest'>,
  evidence: readonly ReleasedTable[],
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const removed = await transaction
      .deleteFrom('runs')
      .where('uid', '=', uid)
      .where(({ eb }) =>
        record_digest === null ? eb('record_digest', 'is', null) : eb('record_digest', '=', record_digest),
      )
      .returning('uid')
      .executeTakeFirst();
    if (removed === undefined) return false;
    await release(transaction, [...evidence, { store, digest: record_digest }]);
    return true;
  });
}

/** Released objects of these stores that no run in the archive refers to, in the order of store and digest. */
export async function unreferenced(
  database: ArchiveDatabase,
  stores: readonly string[],
  limit: number,
  after: ReleasedTable = { store: '', digest: '' },
): Promise<readonly ReleasedTable[]> {
  if (stores.length === 0) return [];
  return database
    .selectFrom('released')
    .select(['store', 'digest'])
    .where('store', 'in', [...stores])
    .where(({ eb, refTuple, tuple }) => eb(refTuple('store', 'digest'), '>', tuple(after.store, after.digest)))
    .where(({ not, exists, selectFrom, or }) =>
      not(
        or([
          exists(selectFrom('digests').select('run_uid').whereRef('digests.digest', '=', 'released.digest')),
          exists(selectFrom('runs').select('uid').whereRef('runs.record_digest', '=', 'released.digest')),
        ]),
      ),
    )
    .orderBy('store')
    .orderBy('digest')
    .limit(limit)
    .execute();
}

/** Whether a run in the archive refers to it, or has it as its record. */
export async function isReferenced(database: ArchiveDatabase, digest: string): Promise<boolean> {
  const edge = await database
    .selectFrom('digests')
    .select('run_uid')
    .where('digest', '=', digest)
    .limit(1)
    .executeTakeFirst();
  if (edge !== undefined) return true;
  const record = await database
    .selectFrom('runs')
    .select('uid')
    .where('record_digest', '=', digest)
    .limit(1)
    .executeTakeFirst();
  return record !== undefined;
}

/** Those of the digests that no runs in the archive refer to but these, by uid. */
export async function onlyReferencedBy(
  database: ArchiveDatabase,
  digests: readonly string[],
  uids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const others = new Set<string>();
  for (let from = 0; from < digests.length; from += BATCH) {
    const edges = await database
      .selectFrom('digests')
      .select(['digest', 'run_uid'])
      .where('digest', 'in', digests.slice(from, from + BATCH))
      .execute();
    for (const { digest, run_uid } of edges) if (!uids.has(run_uid)) others.add(digest);
  }
  return digests.filter((digest) => !others.has(digest));
}

/** Forgets an object that was removed. */
export async function forgetReleased(database: ArchiveDatabase, { store, digest }: ReleasedTable): Promise<void> {
  await database.deleteFrom('released').where('store', '=', store).where('digest', '=', digest).execute();
}
