import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase, ArchiveTables } from '../../src/archive/tables.ts';
import { hasPostgres, startPostgres } from '../tools/postgres.ts';

/** An archive on a server of its own. */
export interface Opened {
  readonly address: string;
  readonly database: ArchiveDatabase;
}

interface Server {
  readonly address: string;
  stop(): Promise<void>;
}

async function sqliteFile(): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-archive-'));
  return { address: `sqlite:${join(dir, 'archive.db')}`, stop: () => rm(dir, { recursive: true }) };
}

/**
 * What both servers have to do alike: a suite on SQLite, and one on PostgreSQL where that is installed. Each test begins with the tables
 * empty; `whenOpened` says who is given the archive before the first.
 */
export function onBothServers(
  subject: string,
  emptied: readonly (keyof ArchiveTables)[],
  behaviours: (test: ReturnType<typeof suite>, whenOpened: (take: (opened: Opened) => void) => void) => void,
): void {
  const servers = { SQLite: sqliteFile, ...(hasPostgres() ? { PostgreSQL: startPostgres } : {}) };
  for (const [name, start] of Object.entries(servers)) {
    const test = suite(`${subject} on ${name}`);
    let server: Server | undefined;
    let database: ArchiveDatabase | undefined;
    let give: (opened: Opened) => void = () => {};
    test.before(async () => {
      server = await start();
      ({ database } = await openArchive(server.address));
      give({ address: server.address, database });
    });
    test.before.each(async () => {
      for (const table of emptied) await database?.deleteFrom(table).execute();
    });
    test.after(async () => {
      await database?.destroy();
      await server?.stop();
    });
    behaviours(test, (take) => {
      give = take;
    });
    test.run();
  }
}
