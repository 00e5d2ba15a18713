import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect } from 'kysely';

/** Waits this long for another process that has the file, such as a backup. */
const BUSY_MS = 10_000;

/** Opens the file, and makes it if it isn't there. What was committed is on the disk. */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  return database;
}

/** What is wrong with the file, or `undefined`. Reads all of it. */
export function damageOf(database: DatabaseSync): string | undefined {
  try {
    const [first] = database.prepare('PRAGMA quick_check(1)').all();
    const said = String(first?.quick_check ?? 'nothing');
    return said === 'ok' ? undefined : said;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The driver of kysely for what another library calls a database; `node:sqlite` differs from that in a few names. */
export const sqliteDialect = (database: DatabaseSync): SqliteDialect =>
  new SqliteDialect({ database: asKyselyWants(database) });

const asKyselyWants = (database: DatabaseSync): SqliteDatabase => ({
  close: () => database.close(),
  prepare(sql) {
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
