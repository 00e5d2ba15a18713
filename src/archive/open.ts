import { existsSync, renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely, type LogEvent, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations.ts';
import { damageOf, isDamage, openSqlite, sqliteDialect } from './sqlite.ts';
import type { ArchiveDatabase, ArchiveTables } from './tables.ts';

export interface OpenedArchive {
  readonly database: ArchiveDatabase;
  /** Where a damaged file was put; what was in it has to be archived again. */
  readonly setAside?: string;
}

const SQLITE = 'sqlite:';
const POSTGRES = /^postgres(?:ql)?:\/\//;
/** How long is waited for a PostgreSQL server. */
export interface ServerPatience {
  /** No query of ours takes near as long; one that does must not hold a connection for ever. */
  readonly statementMs: number;
  readonly connectMs: number;
  /** Of a connection: the server may have been replaced behind its address, or its machine be lost without a word. */
  readonly lifeSeconds: number;
}

/** Told of every statement that the database was given, and of those that failed. */
export type QueryObserver = (event: LogEvent) => void;

const PATIENCE: ServerPatience = { statementMs: 30_000, connectMs: 5_000, lifeSeconds: 60 };

/**
 * Opens `sqlite:PATH` or `postgres://…`, and brings its schema up to date, once, whoever else does so at the same time. A
 * SQLite file that is damaged is put aside and begun anew: all in it is derived, but for what is still to be told to
 * Subscriptions. Throws for an address that is neither, and what the server says.
 */
export async function openArchive(
  address: string,
  patience: ServerPatience = PATIENCE,
  onQuery: QueryObserver = () => {},
): Promise<OpenedArchive> {
  const opened = await connect(address, patience, onQuery);
  await migrate(opened.database).catch(async (error: unknown) => {
    await opened.database.destroy();
    throw error;
  });
  return opened;
}

async function connect(address: string, patience: ServerPatience, log: QueryObserver): Promise<OpenedArchive> {
  if (address.startsWith(SQLITE)) {
    const { file, setAside } = soundFile(address.slice(SQLITE.length));
    const database = new Kysely<ArchiveTables>({ dialect: sqliteDialect(file), log });
    return setAside === undefined ? { database } : { database, setAside };
  }
  if (!POSTGRES.test(address)) {
    throw new Error('the archive must be sqlite:PATH or postgres://USER@HOST/DATABASE');
  }
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: address,
    max: 8,
    connectionTimeoutMillis: patience.connectMs,
    statement_timeout: patience.statementMs,
    // The server ends a query that is too long; one that has no server any more is ended here.
    query_timeout: patience.statementMs * 1.1,
    maxLifetimeSeconds: patience.lifeSeconds,
    keepAlive: true,
    application_name: 'proviso',
  });
  // A connection that breaks between two queries fails the next one; unheard, it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return { database: new Kysely<ArchiveTables>({ dialect: new PostgresDialect({ pool }), log }) };
}

function soundFile(path: string): { readonly file: DatabaseSync; readonly setAside?: string } {
  const isNew = path === ':memory:' || !existsSync(path);
  const file = tryOpen(path);
  const damage = file === undefined ? 'it is no database' : isNew ? undefined : damageOf(file);
  if (file !== undefined && damage === undefined) return { file };
  file?.close();
  const setAside = `${path}.damaged`;
  renameSync(path, setAside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, setAside + suffix);
  }
  return { file: openSqlite(path), setAside };
}

/** Undefined for a file that isn't one of SQLite; throws for one that can't be opened at all. */
function tryOpen(path: string): DatabaseSync | undefined {
  try {
    return openSqlite(path);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

async function migrate(database: ArchiveDatabase): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
