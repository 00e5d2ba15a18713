import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '../../src/archive/open.ts';
import { rowsOf } from '../../src/archive/rows.ts';
import { listRuns } from '../../src/archive/runs.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archiveRun } from '../../src/archive/write.ts';
import { eventually } from '../support/eventually.ts';
import { startRelay } from '../support/relay.ts';
import { hasSmallDisks, startSmallDisk } from '../support/small-disk.ts';
import { hasPostgres, startPostgres } from '../tools/postgres.ts';
import type { FullDiskReport } from './fixtures/full-disk.ts';
import { sampleRun } from './sample.ts';

const RECORD = { digest: 'sha256:x', time: '2026-11-01T12:00:00.000Z' };
const test = suite('archive under fault');
let dir: string;
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-archive-'));
});
test.after(() => rm(dir, { recursive: true }));

const put = (database: ArchiveDatabase, name: string) =>
  archiveRun(database, rowsOf(sampleRun({ name, materials: { sbom: name } }), new Set(), RECORD));
const names = async (database: ArchiveDatabase) =>
  (await listRuns(database, { namespaces: ['shop'] }, 500)).map(({ name }) => name);

/** A file with runs in it, closed. */
async function filled(name: string): Promise<string> {
  const path = join(dir, name);
  const { database } = await openArchive(`sqlite:${path}`);
  for (let index = 0; index < 200; index += 1) await put(database, `run-${index}`);
  await database.destroy();
  return path;
}

test('a file with a damaged page is put aside, and a new one begun', async () => {
  const path = await filled('damaged.db');
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, (size >> 13) << 12);
  await file.close();
  const { database, setAside } = await openArchive(`sqlite:${path}`);
  assert.is(setAside, `${path}.damaged`);
  assert.ok(existsSync(`${path}.damaged`));
  assert.equal(await names(database), []);
  await put(database, 'again');
  assert.equal(await names(database), ['again']);
  await database.destroy();
});

test('a file that is no database is put aside too', async () => {
  const path = join(dir, 'text.db');
  await writeFile(path, 'this is no database, though it is long enough to be one. '.repeat(50));
  const { database, setAside } = await openArchive(`sqlite:${path}`);
  assert.is(setAside, `${path}.damaged`);
  await database.destroy();
});

test('a sound file is opened as it is, also after a process that was killed while it wrote', async () => {
  const path = await filled('sound.db');
  const { database } = await openArchive(`sqlite:${path}`);
  await put(database, 'last');
  // What is on the disk at this moment is what a kill leaves.
  for (const suffix of ['', '-wal']) await copyFile(path + suffix, `${path}.killed${suffix}`);
  await database.destroy();
  const opened = await openArchive(`sqlite:${path}.killed`);
  assert.is(opened.setAside, undefined);
  assert.ok((await names(opened.database)).includes('last'));
  await opened.database.destroy();
});

test('an archive that a later version has opened is refused by an earlier one, and left as it is', async () => {
  const path = await filled('later.db');
  const later = { name: '9999-later', timestamp: '2026-12-01T00:00:00.000Z' };
  const { database } = await openArchive(`sqlite:${path}`);
  await (database as unknown as Kysely<{ kysely_migration: typeof later }>)
    .insertInto('kysely_migration')
    .values(later)
    .execute();
  assert.is((await names(database)).length, 200);
  await database.destroy();
  const outcome = await openArchive(`sqlite:${path}`).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  assert.match(outcome, /previously executed migration 9999-later is missing/);
  assert.not(existsSync(`${path}.damaged`));
});

test('an address that is neither, a folder that is not there, and a server that is not there are told', async () => {
  const refusal = async (address: string): Promise<string> => {
    const outcome = await openArchive(address).catch((error: unknown) => error);
    return outcome instanceof Error ? outcome.message : 'opened';
  };
  assert.match(await refusal('mysql://x'), /sqlite:PATH or postgres:/);
  assert.match(await refusal(`sqlite:${join(dir, 'nowhere', 'a.db')}`), /unable to open/);
  assert.match(await refusal('postgres://nobody@127.0.0.1:1/x'), /ECONNREFUSED/);
});

async function fullDiskReport(): Promise<FullDiskReport> {
  const disk = await startSmallDisk({ bytes: 8 << 20, files: 64 });
  try {
    const program = new URL('./fixtures/full-disk.ts', import.meta.url).pathname;
    const [command = '', ...args] = [...disk.within, process.execPath, program, disk.pathWithin];
    const { stdout } = await promisify(execFile)(command, args);
    return JSON.parse(stdout) as FullDiskReport;
  } finally {
    await disk.stop();
  }
}

/** The runner takes a skipped test for a failure; what isn't tested is said by who asks. */
const when = (isPossible: boolean): typeof test | (() => void) => (isPossible ? test : () => {});

when(hasSmallDisks())(
  'a disk that is full again and again: what is acknowledged is there, and nothing else',
  async () => {
    const { acknowledged, found, refusals, half, checkpointed, opened, damage } = await fullDiskReport();
    assert.equal(found, acknowledged.toSorted());
    assert.equal(half, []);
    assert.equal(Object.keys(refusals), ['database or disk is full']);
    assert.ok(checkpointed, 'the log never went over into the file');
    // It can't be opened without room, and isn't taken for damaged then.
    assert.equal([...new Set(opened)].toSorted(), ['disk I/O error', 'opened']);
    assert.is(damage, 'none');
  },
);

when(hasPostgres())(
  'PostgreSQL that is killed and comes again: what was acknowledged is there, and writes go on',
  async () => {
    const postgres = await startPostgres();
    const { database } = await openArchive(postgres.address);
    const acknowledged: string[] = [];
    let failures = 0;
    let isOver = false;
    const load = (async () => {
      for (let index = 0; !isOver; index += 1) {
        await put(database, `run-${index}`).then(
          () => acknowledged.push(`run-${index}`),
          () => {
            failures += 1;
          },
        );
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    try {
      await eventually('some runs', async () => acknowledged.length > 10);
      await postgres.killAndRestart();
      const before = acknowledged.length;
      await eventually('more runs', async () => acknowledged.length > before + 10);
    } finally {
      isOver = true;
      await load;
    }
    assert.ok(failures > 0);
    const found = new Set(await names(database));
    assert.equal(
      acknowledged.filter((name) => !found.has(name)),
      [],
    );
    await database.destroy();
    await postgres.stop();
  },
);

when(hasPostgres())('the machine of PostgreSQL is lost without a word, and another one takes its place', async () => {
  const postgres = await startPostgres();
  const relay = await startRelay(postgres.port);
  const address = postgres.address.replace(String(postgres.port), String(relay.port));
  const { database } = await openArchive(address, { statementMs: 500, connectMs: 500, lifeSeconds: 1 });
  const runs = Array.from({ length: 8 }, (_, index) => `run-${index}`);
  await Promise.all(runs.map((run) => eventually(run, async () => put(database, run))));
  relay.hold();
  const held = await Promise.allSettled(runs.map((run) => put(database, `${run}-held`)));
  assert.ok(held.some(({ status }) => status === 'rejected'));
  const after = runs.map((run) => `${run}-held`);
  await Promise.all(after.map((run) => eventually(run, async () => put(database, run), 20)));
  assert.equal((await names(database)).toSorted(), [...runs, ...after].toSorted());
  await database.destroy();
  await relay.stop();
  await postgres.stop();
});

test.run();
