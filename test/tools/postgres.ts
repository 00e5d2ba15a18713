import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Child, spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';

/** A real PostgreSQL with an empty database. */
export interface Postgres {
  readonly address: string;
  readonly port: number;
  readonly child: Child;
  /** Resolves when it answers, as after a start anew. */
  ready(): Promise<void>;
  /** Kills it and starts it anew; resolves when it answers. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** A replica of a server, which only reads until it is promoted. */
export interface Standby extends Postgres {
  /** Makes it a server that writes, with what it has of the other's. */
  promote(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** Whether there is one to start; says loudly what isn't tested without. In CI there has to be. */
export function hasPostgres(): boolean {
  if (binaries() !== undefined || process.env.CI === 'true') return true;
  console.log(
    "SKIPPED: the archive on PostgreSQL isn't tested here. apt-get install postgresql, or put initdb, postgres and pg_basebackup on PATH.",
  );
  return false;
}

/** Where `initdb`, `postgres` and `pg_basebackup` are; they are not on PATH where Debian's package put them. */
function binaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...(process.env.PATH ?? '').split(delimiter), ...versions.map((each) => join(DEBIAN, each, 'bin'))];
  return places.find((place) => ['initdb', 'postgres', 'pg_basebackup'].every((name) => existsSync(join(place, name))));
}

/** The server refuses to run as root; then it is `nobody`, by number, whom every system has. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;

export async function startPostgres(): Promise<Postgres> {
  const init = ['--username', 'proviso', '--auth', 'trust', '--no-sync', '--encoding', 'UTF8'];
  return start((data, run) => run('initdb', ['--pgdata', data, ...init]), 'fsync = on');
}

/** Copies a running server, and follows it. */
export async function startStandby({ port }: Postgres): Promise<Standby> {
  const from = ['--host', '127.0.0.1', '--port', String(port), '--username', 'proviso', '--checkpoint', 'fast'];
  const standby = await start((data, run) =>
    run('pg_basebackup', ['--pgdata', data, ...from, '--write-recovery-conf', '--no-sync']),
  );
  return {
    ...standby,
    async promote() {
      await ask(standby.address, 'select pg_promote()');
    },
  };
}

const RESTARTS = 20;

type Run = (program: string, args: readonly string[]) => void;

/** `make` fills the folder of the data; `setting` is a line of its configuration. */
async function start(make: (data: string, run: Run) => void, setting = ''): Promise<Postgres> {
  const bin = binaries();
  if (bin === undefined) throw new Error('there is no PostgreSQL server here: apt-get install postgresql');
  if (user !== undefined) await letThrough(tmpdir());
  const dir = await mkdtemp(join(tmpdir(), 'proviso-postgres-'));
  await chmod(dir, 0o755);
  if (user !== undefined) await chown(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const port = await freePort();
  const env = { PATH: `${bin}:/usr/bin:/bin`, LC_ALL: 'C', HOME: dir };
  make(data, (program, args) => execFileSync(join(bin, program), args, { ...user, cwd: dir, stdio: 'pipe', env }));
  const settings = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\n${setting}\n`;
  await appendFile(join(data, 'postgresql.auto.conf'), settings);
  const child = spawnChild('postgres', join(bin, 'postgres'), ['-D', data], user === undefined ? {} : { user });
  const address = `postgres://proviso@127.0.0.1:${port}/postgres`;
  const ready = () => untilConnected(address, child);
  await ready().catch(async (error: unknown) => {
    await child.stop('SIGQUIT');
    throw error;
  });
  return {
    ...{ address, port, child, ready },
    async killAndRestart() {
      for (let tries = 1; ; tries++) {
        await child.restart(true);
        const outcome = await ready().catch((error: unknown) => error);
        if (outcome === undefined) return;
        // What served connections outlives its parent by a moment, and as long as it is there no other one starts.
        if (tries === RESTARTS) throw outcome;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
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

async function ask(address: string, question: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: address });
  try {
    await client.connect();
    await client.query(question);
  } finally {
    await client.end().catch(() => {});
  }
}

async function untilConnected(address: string, child: Child): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    child.assertAlive();
    const outcome = await ask(address, 'select 1').catch((error: unknown) => error);
    if (outcome === undefined) return;
    if (Date.now() > end) throw outcome;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
