// deadline: 60
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyObjects, emptyTally } from '../../src/evidence/copy.ts';
import { sha256Digest } from '../../src/evidence/digest.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import { movedStore } from '../../src/evidence/moved.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest, EvidenceBytes } from '../../src/evidence/store.ts';

const test = suite('copying a store');
let root: string;
let from: EvidenceBytes;
let to: EvidenceBytes;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-copy-'));
  from = filesystemStore(join(root, 'from'));
  to = filesystemStore(join(root, 'to'));
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const fileOf = (store: string, digest: Digest): string => join(root, store, blobPath(digest));
const copy = async (signal = new AbortController().signal, maxBlobSize = 2 ** 30) => {
  const tally = emptyTally();
  await copyObjects(from, to, { maxBlobSize, signal, tally });
  return tally;
};
const put = async (...objects: Buffer[]): Promise<readonly Digest[]> => {
  const infos = await Promise.all(objects.map((bytes) => putBytes(from, bytes)));
  return infos.map(({ digest }) => digest);
};
const objectsOf = async (store: string): Promise<number> => {
  const names = await readdir(join(root, store, 'blobs'), { recursive: true }).catch(() => []);
  return names.filter((name) => (name.split('/').at(-1) ?? '').length === 64).length;
};

test('everything is copied once, byte for byte, and leaves nothing else', async () => {
  const objects = [randomBytes(1), randomBytes(300_000), ...Array.from({ length: 30 }, () => randomBytes(100))];
  const digests = await put(...objects);
  const first = await copy();
  assert.equal([first.copied, first.present, first.bytes], [32, 0, 303_001]);
  for (const [index, digest] of digests.entries()) {
    assert.ok((await readFile(fileOf('to', digest))).equals(objects[index] ?? Buffer.of()), digest);
  }
  assert.equal(await readdir(join(root, 'to', 'staging')), []);
  const second = await copy();
  assert.equal([second.copied, second.present, second.bytes], [0, 32, 0]);
});

test('what was broken off goes on where it was, and an object that is not whole there is copied again', async () => {
  const digests = await put(...Array.from({ length: 40 }, () => randomBytes(1000)));
  const abort = new AbortController();
  const tally = emptyTally();
  const counting: EvidenceBytes = {
    ...to,
    stage(stated) {
      if (tally.copied >= 10) abort.abort();
      return to.stage(stated);
    },
  };
  await copyObjects(from, counting, { maxBlobSize: 2 ** 30, signal: abort.signal, tally }).then(
    () => assert.unreachable('it went on'),
    (error: Error) => assert.is(error.name, 'AbortError'),
  );
  assert.is(await objectsOf('to'), tally.copied);
  assert.ok(tally.copied < 40);
  const [digest = 'sha256:'] = digests;
  if ((await to.stat(digest)) !== undefined) await truncate(fileOf('to', digest), 10);
  const rest = await copy();
  assert.is(rest.copied + rest.present, 40);
  assert.is((await readFile(fileOf('to', digest))).length, 1000);
});

test('attack: bytes that are not those of their digest are counted, and never copied', async () => {
  const [flipped = 'sha256:', longer = 'sha256:'] = await put(randomBytes(100), randomBytes(200_000), randomBytes(5));
  await writeFile(fileOf('from', flipped), randomBytes(100));
  await appendFile(fileOf('from', longer), 'more');
  const tally = await copy();
  assert.equal([tally.copied, tally.damaged.count], [1, 2]);
  assert.equal([...tally.damaged.examples].sort(), [flipped, longer].sort());
  assert.is(await to.stat(flipped), undefined);
  assert.is(await to.stat(longer), undefined);
  assert.equal(await readdir(join(root, 'to', 'staging')), []);
});

test('attack: a store that gives other bytes without a word is not believed', async () => {
  const [digest = 'sha256:'] = await put(Buffer.from('the bytes'));
  const other = filesystemStore(join(root, 'other'));
  const { digest: false_ } = await putBytes(other, Buffer.from('not those'));
  from = { ...from, get: () => other.get(false_) };
  const tally = await copy();
  assert.equal([tally.copied, tally.damaged.examples], [0, [digest]]);
  assert.is(await objectsOf('to'), 0);
});

test('what has to be there is copied though it was not listed, and told of if it is nowhere', async () => {
  const [late = 'sha256:', damaged = 'sha256:'] = await put(randomBytes(10), randomBytes(20));
  await writeFile(fileOf('from', damaged), randomBytes(20));
  const nowhere = sha256Digest('nowhere');
  async function* withoutLate() {
    for await (const info of from.list()) if (info.digest !== late) yield info;
  }
  const tally = emptyTally();
  const { signal } = new AbortController();
  const expected = () => [late, damaged, nowhere];
  await copyObjects({ ...from, list: withoutLate }, to, { maxBlobSize: 2 ** 30, signal, tally, expected });
  assert.equal([tally.copied, tally.damaged.count], [1, 1]);
  assert.equal(tally.missing, { count: 1, examples: [nowhere] });
  assert.ok(await to.stat(late));
});

test('what is larger than the other store takes is told of', async () => {
  const [small = 'sha256:', large = 'sha256:'] = await put(randomBytes(100), randomBytes(101));
  const tally = await copy(undefined, 100);
  assert.equal(tally.tooLarge, { count: 1, examples: [large] });
  assert.ok(await to.stat(small));
});

test('a store that fails ends it', async () => {
  await put(...Array.from({ length: 20 }, () => randomBytes(10)));
  await writeFile(join(root, 'to'), 'not a directory');
  await copy().then(
    () => assert.unreachable('it went on'),
    (error: { code?: string }) => assert.is(error.code, 'store-unavailable'),
  );
});

test('a moved store reads what is new from where it is now, though the old place is out of order', async () => {
  const [late = 'sha256:'] = await put(Buffer.from('late'));
  const { digest } = await putBytes(to, Buffer.from('moved'));
  let opened = 0;
  const store = movedStore(to, async () => {
    opened += 1;
    return from;
  });
  const read = async (each: Digest) => {
    const stream = await store.get(each);
    return stream === undefined ? undefined : (await buffer(stream)).toString();
  };
  assert.is(await read(digest), 'moved');
  assert.is(opened, 0);
  assert.is(await read(late), 'late');
  assert.is((await store.stat(late))?.size, 4);
  const { digest: fresh } = await putBytes(store, Buffer.from('fresh'));
  assert.ok(await to.stat(fresh));
  assert.is(await from.stat(fresh), undefined);
  await putBytes(from, Buffer.from('moved'));
  assert.ok(await store.remove(digest));
  assert.is(await store.stat(digest), undefined, 'it is nowhere any more');
  const broken = movedStore(to, () => Promise.reject(new Error('out of order')));
  assert.is((await broken.stat(fresh))?.size, 5);
  assert.ok(await broken.get(fresh));
  await broken.stat(sha256Digest('nowhere')).then(
    () => assert.unreachable('it said that it is not there'),
    (error: Error) => assert.is(error.message, 'out of order'),
  );
});

test('a moved store gives links to what is there by now, if the store where it is gives any', async () => {
  const { digest } = await putBytes(to, Buffer.from('moved'));
  const [late = 'sha256:'] = await put(Buffer.from('late'));
  assert.is(movedStore(to, async () => from).link, undefined);
  const link = async (each: Digest, expires: Date) => ({ url: `https://s3.example/${each}`, expires });
  const store = movedStore({ ...to, link }, async () => from);
  assert.is((await store.link?.(digest, new Date()))?.url, `https://s3.example/${digest}`);
  await store.link?.(late, new Date()).then(
    () => assert.unreachable('a link to what is not there'),
    (error: { code?: string }) => assert.is(error.code, 'link-unavailable'),
  );
});

test.run();
