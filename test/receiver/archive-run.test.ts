import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archivedAs } from '../../src/archive/write.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import type { EvidenceBytes } from '../../src/evidence/store.ts';
import { keepRun, type RunKeeper } from '../../src/receiver/archive-run.ts';
import { archiveRecordsIn } from '../../src/receiver/records-in-store.ts';
import { sampleRun } from '../archive/sample.ts';
import { type Installation, installation } from '../support/archive-records.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');

let dir: string;
let database: ArchiveDatabase;
let bytes: EvidenceBytes;
let keeper: RunKeeper;
const here: Installation = installation();
const test = suite('a run on its way into the archive');
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-archive-run-'));
  bytes = filesystemStore(join(dir, 'evidence'));
  ({ database } = await openArchive('sqlite::memory:'));
  const [, signing] = here.keys;
  const signer = { ...here, key: here.signing, fingerprint: signing?.fingerprint ?? '' };
  keeper = {
    controlPlane: { get: async () => signer, keys: async () => here, keysNow: async () => here },
    stores: { get: async (name) => ({ name, bytes, maxBlobSize: 1 << 20 }) },
    contracts: {
      get: async () => {
        throw new Problem('contract-not-ready', 'it is gone');
      },
    },
    database,
    wantsEvents: () => true,
  };
});
test.after.each(async () => {
  await database.destroy();
  await rm(dir, { recursive: true });
});

/** The run with one material more each time. */
const version = (count: number): WorkflowRun => {
  const names = Array.from({ length: count }, (_, index) => `m${index}`);
  return sampleRun({ name: 'a', materials: Object.fromEntries(names.map((name) => [name, name])) });
};
const archived = async (): Promise<unknown> =>
  JSON.parse((await archivedAs(database, 'uid-shop-a'))?.document ?? 'null');
const records = async () => (await Array.fromAsync(bytes.list())).length;

test('it is there as it was given last, though the clock went back an hour in between', async () => {
  for (const [count, time] of [NOW, NOW - HOUR, NOW - 2 * HOUR, NOW - HOUR, NOW + 1].entries()) {
    await keepRun(keeper, version(count), new Date(time));
    assert.equal(await archived(), version(count), `version ${count}`);
  }
});

test('an archive that was lost gets the last version back, though the clock went back an hour before that', async () => {
  await keepRun(keeper, version(1), new Date(NOW));
  await keepRun(keeper, version(2), new Date(NOW - HOUR));
  await database.deleteFrom('runs').execute();
  const signal = new AbortController().signal;
  const counts = await archiveRecordsIn(bytes, { database, keys: here, signal, onRefused: assert.unreachable });
  assert.is(counts.archived + counts.present, 2);
  assert.equal(await archived(), version(2));
});

test('what is there already makes no further record', async () => {
  for (const time of [NOW, NOW - HOUR, NOW + HOUR]) await keepRun(keeper, version(1), new Date(time));
  assert.is(await records(), 1);
});

test('attack: a clock so far behind that the key does not count yet makes no record that nobody would take', async () => {
  const before = new Date(Date.parse(here.keys[1]?.validFrom ?? '') - HOUR);
  const outcome = await keepRun(keeper, version(1), before).catch((error: { code?: string }) => error.code);
  assert.is(outcome, 'cluster-unavailable');
  assert.is(await records(), 0);
  assert.is(await archived(), null);
});

const noted = async () =>
  (await database.selectFrom('events').select('id').orderBy('position').execute()).map(({ id }) => id);

test('what is to be told of it comes with it, and also where a killed receiver had only the run', async () => {
  await keepRun({ ...keeper, wantsEvents: () => false }, version(1), new Date(NOW));
  assert.equal(await noted(), [], 'nobody wants it');
  await keepRun(keeper, version(1), new Date(NOW));
  assert.equal(await noted(), ['uid-shop-a.Opened', 'uid-shop-a.Accepted']);
});

test('a run that says that it is archived has been told of, unless the archive has lost it within a day', async () => {
  const run = version(1);
  const archived = {
    type: 'Archived',
    status: 'True',
    reason: 'Archived',
    message: 'x',
    lastTransitionTime: 'x',
  } as const;
  const conditions = [...(run.status?.conditions ?? []), archived];
  await keepRun(keeper, { ...run, status: { ...run.status, conditions } }, new Date(NOW));
  assert.equal(await noted(), []);
  assert.is(await records(), 1);
  const finishTime = new Date(NOW - HOUR).toISOString();
  const recent = { ...run, status: { ...run.status, finishTime, conditions } };
  await keepRun(keeper, recent, new Date(NOW));
  assert.equal(await noted(), [], 'the archive has it, only as it was before');
  await database.deleteFrom('runs').execute();
  await keepRun(keeper, recent, new Date(NOW));
  assert.equal(await noted(), ['uid-shop-a.Opened', 'uid-shop-a.Accepted']);
});

test.run();
