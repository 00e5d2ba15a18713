// deadline: 60
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, renameSync } from 'node:fs';
import { link, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesystemStore, sweepStaging } from '../../src/evidence/filesystem.ts';
import { putBack, takeBack } from '../../src/evidence/filesystem-withdraw.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest, EvidenceBytes, Stage } from '../../src/evidence/store.ts';
import { some } from '../support/some.ts';

const test = suite('what is committed is taken back');
let root: string;
let store: EvidenceBytes;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-withdraw-'));
  store = filesystemStore(root);
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const BYTES = Buffer.from('evidence');
const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const pathOf = (digest: Digest): string => join(root, 'blobs/sha256', digest.slice(7, 9), digest.slice(7));
const isThere = async (bytes = BYTES): Promise<boolean> => (await store.stat(digestOf(bytes))) !== undefined;
const staged = () => readdir(join(root, 'staging'));

async function committed(bytes = BYTES): Promise<Stage> {
  const stage = await store.stage();
  await stage.write(bytes);
  await stage.commit();
  return stage;
}
async function takenBack(stage: Stage): Promise<void> {
  await stage.withdraw();
  await stage.withdraw();
  await stage.discard();
}

test('what nobody else has is gone, and nothing is left', async () => {
  await takenBack(await committed());
  assert.is(await isThere(), false);
  assert.equal(await staged(), []);
});

test('what was not committed is not taken back, nor what was there before', async () => {
  const early = await store.stage();
  await early.write(BYTES);
  await putBytes(store, BYTES);
  await takenBack(early);
  assert.is(await isThere(), true);
  await takenBack(await committed());
  assert.is(await isThere(), true, 'an earlier one relies on it');
  assert.equal(await staged(), []);
});

test('what somebody else has committed since stays, also when he is done', async () => {
  const first = await committed();
  const second = await committed();
  await takenBack(first);
  assert.is(await isThere(), true);
  await second.discard();
  const third = await committed();
  await takenBack(third);
  assert.equal(await readFile(pathOf(digestOf(BYTES))), BYTES);
  assert.equal(await staged(), []);
});

test('attack: the number of a file that was replaced is given to another one', async () => {
  const first = await committed();
  // Many filesystems give the number of a removed file to the next; the second name of the first one has to prevent that.
  for (let count = 0; count < 50; count++) await putBytes(store, BYTES);
  await takenBack(first);
  assert.is(await isThere(), true);
});

test('a backup that links to the object keeps it', async () => {
  const stage = await committed();
  await link(pathOf(digestOf(BYTES)), join(root, 'backup'));
  await takenBack(stage);
  assert.is(await isThere(), true);
});

test('a kill between moving aside and putting back loses nothing', async () => {
  await putBytes(store, BYTES);
  const path = pathOf(digestOf(BYTES));
  await rename(path, join(root, 'staging', `taken-${basename(path)}-x`));
  await sweepStaging(root, Date.now());
  assert.equal(await buffer(some(await store.get(digestOf(BYTES)))), BYTES);
  assert.equal(await staged(), []);
});

test('attack: one who came while an object lay aside takes it not along when he takes back his own', async () => {
  await putBytes(store, BYTES);
  const path = pathOf(digestOf(BYTES));
  const aside = join(root, 'staging', `taken-${basename(path)}-x`);
  await rename(path, aside);
  const guest = await committed();
  await putBack(aside, path);
  await takenBack(guest);
  assert.is(await isThere(), true);
  assert.equal(await staged(), []);
});

test('attack: many that commit and take back the same bytes at once, and never what one of them keeps', async () => {
  for (let round = 0; round < 150; round++) {
    const bytes = randomBytes(16);
    const keeps = Array.from({ length: 6 }, (_, index) => index === round % 7);
    await Promise.all(
      keeps.map(async (keep) => {
        const stage = await committed(bytes);
        if (!keep) await stage.withdraw();
        await stage.discard();
      }),
    );
    if (keeps.includes(true)) assert.is(await isThere(bytes), true, `lost in round ${round}`);
    assert.equal(await staged(), []);
  }
});

test('attack: a commit at every moment of taking back', async () => {
  await putBytes(store, BYTES);
  const path = pathOf(digestOf(BYTES));
  const [own, other] = [join(root, 'staging/own'), join(root, 'staging/other')];
  let wasBetween = 0;
  for (let round = 0; round < 600; round++) {
    await rm(path, { force: true });
    for (const name of [own, other]) await writeFile(name, name);
    await link(own, path);
    const done = takeBack(own, path, join(root, 'staging'));
    // As a commit does it, so many turns of the event loop after the other began.
    for (let turn = 0; turn < round % 30; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (existsSync(path)) renameSync(other, path);
    else linkSync(other, path);
    if (readdirSync(join(root, 'staging')).some((name) => name.startsWith('taken-'))) wasBetween += 1;
    await done;
    assert.is(await readFile(path, 'utf8'), other, `lost after ${round % 30} turns`);
    await Promise.all([own, other].map((name) => rm(name, { force: true })));
    assert.equal(await staged(), []);
  }
  assert.ok(wasBetween > 0, 'the moment that matters was never met');
});

test('attack: two stores over one directory, as two replicas have', async () => {
  const other = filesystemStore(root);
  for (let round = 0; round < 100; round++) {
    const bytes = randomBytes(16);
    const stage = await committed(bytes);
    await Promise.all([stage.withdraw(), putBytes(other, bytes)]);
    await stage.discard();
    assert.is(await isThere(bytes), true, `lost in round ${round}`);
  }
});

test.run();
