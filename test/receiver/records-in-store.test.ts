import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '../../src/archive/open.ts';
import { documentOf } from '../../src/archive/rows.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archivedAs } from '../../src/archive/write.ts';
import { ARCHIVE_RECORD_HEAD, MAX_ARCHIVE_RECORD, signedArchiveRecord } from '../../src/attestation/archive-record.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { EvidenceBytes } from '../../src/evidence/store.ts';
import { archiveRecordsIn, type RecordCounts } from '../../src/receiver/records-in-store.ts';
import { type SampleRun, sampleRun } from '../archive/sample.ts';
import { installation, VERIFIER } from '../support/archive-records.ts';

const ours = installation();
const theirs = installation();
let root: string;
let bytes: EvidenceBytes;
let database: ArchiveDatabase;
let refusals: string[];
const test = suite('archive records in a store');
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-records-'));
  bytes = filesystemStore(root);
  refusals = [];
  ({ database } = await openArchive('sqlite::memory:'));
});
test.after.each(async () => {
  await database.destroy();
  await rm(root, { recursive: true, force: true });
});

const read = (signal = new AbortController().signal): Promise<RecordCounts> =>
  archiveRecordsIn(bytes, { database, keys: ours, signal, onRefused: (_, why) => refusals.push(why) });
function recorded(sample: SampleRun, { by = ours.signing, time = '2026-11-01T12:00:00.000Z' } = {}) {
  const run = sampleRun(sample);
  const record = signedArchiveRecord(by, { verifierId: VERIFIER, time, outputs: ['image'], run });
  return { run, put: () => putBytes(bytes, record), record };
}

test('every run comes back as it was, with its digests, and once more changes nothing', async () => {
  const runs = Array.from({ length: 20 }, (_, index) =>
    recorded({ name: `r${index}`, materials: { image: 'i', sbom: 's' } }),
  );
  for (const { put } of runs) await put();
  for (let size = 0; size < 100; size += 10) await putBytes(bytes, Buffer.alloc(size, 'x'));
  assert.equal(await read(), { archived: 20, present: 0, refused: 0 });
  for (const { run } of runs) {
    assert.is((await archivedAs(database, run.metadata.uid ?? ''))?.document, documentOf(run));
  }
  const roles = await database.selectFrom('digests').select(['role', 'name']).distinct().orderBy('role').execute();
  assert.equal(
    roles.map(({ role, name }) => `${role} ${name}`),
    ['attestation ', 'input sbom', 'output image'],
  );
  assert.equal(await read(), { archived: 0, present: 20, refused: 0 });
});

test('of two records of a run the later one is archived, whichever is found first', async () => {
  const name = 'twice';
  for (const [hour, commit] of [
    ['09', 'b'],
    ['11', 'c'],
    ['10', 'a'],
  ] as const) {
    await recorded({ name, commit }, { time: `2026-11-01T${hour}:00:00.000Z` }).put();
  }
  await read();
  assert.match(String((await archivedAs(database, `uid-shop-${name}`))?.document), /"sha":"c"/);
});

test('attack: who may hand in evidence stores what looks like a record', async () => {
  const genuine = recorded({ name: 'genuine', materials: { sbom: 's' } });
  await genuine.put();
  const text = Buffer.from(genuine.record).toString();
  const forged = recorded({ name: 'forged' }, { by: theirs.signing });
  const late = recorded({ name: 'late' }, { by: ours.replaced });
  const hostile = [
    Buffer.from(forged.record),
    Buffer.from(late.record),
    Buffer.from(text.replace('"sig":"', '"sig":"A')),
    Buffer.from(text.slice(0, -1)),
    Buffer.concat([ARCHIVE_RECORD_HEAD, Buffer.from('"envelope":null}')]),
    Buffer.concat([ARCHIVE_RECORD_HEAD, Buffer.alloc(1 << 20, '[')]),
    Buffer.concat([ARCHIVE_RECORD_HEAD, Buffer.alloc(MAX_ARCHIVE_RECORD, '[')]),
    ARCHIVE_RECORD_HEAD,
  ];
  for (const each of hostile) await putBytes(bytes, each);
  // The largest one and the one that is a head alone are no records, and not looked at any further.
  assert.equal(await read(), { archived: 1, present: 0, refused: 6 });
  assert.equal(
    (await database.selectFrom('runs').select('name').execute()).map(({ name }) => name),
    ['genuine'],
  );
});

test('a record that has rotted is not believed, and does not keep others out', async () => {
  const [rotten, sound] = [recorded({ name: 'rotten' }), recorded({ name: 'sound' })];
  const { digest } = await rotten.put();
  await sound.put();
  // It is signed well; it is only another one than its name says.
  await writeFile(join(root, blobPath(digest)), recorded({ name: 'other' }).record);
  assert.equal(await read(), { archived: 1, present: 0, refused: 1 });
  assert.match(refusals.join(), /damaged/);
  assert.is((await archivedAs(database, 'uid-shop-other'))?.document, undefined);
});

test('a store that fails in the middle is not taken for one that was read, and nothing works on behind', async () => {
  for (let index = 0; index < 20; index += 1) await recorded({ name: `r${index}` }).put();
  const sound = bytes;
  let gets = 0;
  bytes = {
    ...sound,
    get: (...args) => {
      gets += 1;
      return gets === 9 ? Promise.reject(new Error('out of reach')) : sound.get(...args);
    },
  };
  assert.is(await read().catch(String), 'Error: out of reach');
  const after = gets;
  await new Promise(setImmediate);
  assert.is(gets, after);
  bytes = sound;
  const { archived, present } = await read();
  assert.is(archived + present, 20);
});

test('the signal ends it', async () => {
  await recorded({ name: 'a' }).put();
  assert.is(await read(AbortSignal.abort(new Error('lease lost'))).catch(String), 'Error: lease lost');
});

test.run();
