import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';
import type { Postgres } from './postgres.ts';
import { tool } from './tool.ts';

/** A real Archivista, which keeps envelopes in files and what they are about in a database. */
export interface Archivista {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startArchivista({ address }: Postgres): Promise<Archivista> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-archivista-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const database = new URL(address);
  // It doesn't connect without one; the server asks for none.
  database.password = 'none';
  database.searchParams.set('sslmode', 'disable');
  const settings = {
    LISTEN_ON: `tcp://${listen}`,
    LOG_LEVEL: 'ERROR',
    ENABLE_SPIFFE: 'FALSE',
    SQL_STORE_BACKEND: 'PSQL',
    SQL_STORE_CONNECTION_STRING: database.href,
    STORAGE_BACKEND: 'FILE',
    FILE_DIR: dir,
    FILE_SERVE_ON: `127.0.0.1:${await freePort()}`,
    GRAPHQL_WEB_CLIENT_ENABLE: 'TRUE',
  };
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`ARCHIVISTA_${name}`, value]));
  const child = spawnChild('archivista', await tool('archivista'), [], { env });
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  // Its page for queries is there once the tables are.
  await child.untilReady(`${url}/`).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}
