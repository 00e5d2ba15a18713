import type { ArchiveDatabase, ReadStoreTable } from './tables.ts';

/** The evidence stores, by uid, whose archive records were looked at with these keys. */
export async function readStores(database: ArchiveDatabase, keys: string): Promise<ReadonlySet<string>> {
  const rows = await database.selectFrom('read_stores').select('uid').where('keys', '=', keys).execute();
  return new Set(rows.map(({ uid }) => uid));
}

/** Remembers that they were, so that it isn't done again before the archive is lost or other keys are known. */
export async function rememberRead(database: ArchiveDatabase, store: ReadStoreTable): Promise<void> {
  await database
    .insertInto('read_stores')
    .values(store)
    .onConflict((conflict) => conflict.column('uid').doUpdateSet(store))
    .execute();
}

/** All that were, with whatever keys, and what came of it. */
export const listReadStores = (database: ArchiveDatabase): Promise<readonly ReadStoreTable[]> =>
  database.selectFrom('read_stores').selectAll().execute();

/** Has all of them looked at again. */
export async function forgetRead(database: ArchiveDatabase): Promise<void> {
  await database.deleteFrom('read_stores').execute();
}
