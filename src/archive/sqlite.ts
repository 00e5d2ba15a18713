import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** Waits this long for another process that has the file, such as a backup. */
const BUSY_MS = 10_000;

/** Opens the file, and makes it if it isn't there. What was committed is on the disk. */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  return database;
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Whether an error says that the file is broken, and not that it can't be read or written right now. */
export function isDamage(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined && [SQLITE_CORRUPT, SQLITE_NOTADB].includes(errcode & 0xff);
}

/** What is wrong with the file, or `undefined`. Reads all of it. Throws where it can't be read right now. */
export function damageOf(database: DatabaseSync): string | undefined {
  try {
    const [first] = database.prepare('PRAGMA quick_check(1)').all();
    const said = String(first?.quick_check ?? 'nothing');
    return said === 'ok' ? undefined : said;
  } catch (error) {
    if (isDamage(error)) return (error as Error).message;
    throw error;
  }
}

/** The driver of kysely for what another library calls a database; `node:sqlite` differs from that in a few names. */
export const sqliteDialect = (database: DatabaseSync): SqliteDialect =>
  new SqliteDialect({ database: asKyselyWants(database) });

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

const asKyselyWants = (database: DatabaseSync): SqliteDatabase => ({
  close: () => database.close(),
  prepare(sql) {
    // SQLite has rolled back by itself where the disk is full; what it said then must not be hidden by a second rollback.
    if (sql === 'rollback' && !database.isTransaction) return NOTHING;
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...values(parameters)),
      run: (parameters) => statement.run(...values(parameters)),
      iterate: (parameters) => statement.iterate(...values(parameters)),
    };
  },
});

const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
