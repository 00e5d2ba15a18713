import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Child, spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';

/** A real PostgreSQL with an empty database. */
export interface Postgres {
  readonly address: string;
  readonly child: Child;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** Whether there is one to start; says loudly what isn't tested without. In CI there has to be. */
export function hasPostgres(): boolean {
  if (binaries() !== undefined || process.env.CI === 'true') return true;
  console.log(
    "SKIPPED: the archive on PostgreSQL isn't tested here. apt-get install postgresql, or put initdb and postgres on PATH.",
  );
  return false;
}

/** Where `initdb` and `postgres` are; they are not on PATH where Debian's package put them. */
function binaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...(process.env.PATH ?? '').split(delimiter), ...versions.map((each) => join(DEBIAN, each, 'bin'))];
  return places.find((place) => ['initdb', 'postgres'].every((name) => existsSync(join(place, name))));
}

/** The server refuses to run as root; then it is `nobody`, by number, whom every system has. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;

export async function startPostgres(): Promise<Postgres> {
  const bin = binaries();
  if (bin === undefined) throw new Error('there is no PostgreSQL server here: apt-get install postgresql');
  if (user !== undefined) await letThrough(tmpdir());
  const dir = await mkdtemp(join(tmpdir(), 'proviso-postgres-'));
  await chmod(dir, 0o755);
  if (user !== undefined) await chown(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const port = await freePort();
  execFileSync(
    join(bin, 'initdb'),
    ['--pgdata', data, '--username', 'proviso', '--auth', 'trust', '--no-sync', '--encoding', 'UTF8'],
    {
      ...user,
      cwd: dir,
      stdio: 'pipe',
      env: { PATH: `${bin}:/usr/bin:/bin`, LC_ALL: 'C', HOME: dir },
    },
  );
  await writeFile(
    join(data, 'postgresql.auto.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = on\n`,
  );
  const child = spawnChild('postgres', join(bin, 'postgres'), ['-D', data], user === undefined ? {} : { user });
  const address = `postgres://proviso@127.0.0.1:${port}/postgres`;
  await untilConnected(address, child).catch(async (error: unknown) => {
    await child.stop('SIGQUIT');
    throw error;
  });
  return {
    address,
    child,
    async stop() {
      await child.stop('SIGINT');
      await rm(dir, { recursive: true });
    },
  };
}

/** The folder of a test is its own user's alone; another one has to get through it to its own. */
async function letThrough(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) await chmod(folder, (mode & 0o7777) | 0o001);
}

async function untilConnected(address: string, child: Child): Promise<void> {
  const { default: pg } = await import('pg');
  const end = Date.now() + 30_000;
  for (;;) {
    child.assertAlive();
    const client = new pg.Client({ connectionString: address });
    const outcome = await client.connect().then(
      () => undefined,
      (error: unknown) => error,
    );
    await client.end().catch(() => {});
    if (outcome === undefined) return;
    if (Date.now() > end) throw outcome;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
