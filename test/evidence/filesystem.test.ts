// deadline: 60
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { filesystemStore, sweepStaging } from '../../src/evidence/filesystem.ts';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { some } from '../support/some.ts';

const test = suite('filesystem store');
let root: string;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-evidence-'));
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const pathOf = (digest: Digest): string => join(root, 'blobs/sha256', digest.slice(7, 9), digest.slice(7));

test('what is put comes back, whole and in part', async () => {
  const store = filesystemStore(root);
  const bytes = randomBytes(300_000);
  assert.equal(await putBytes(store, bytes), { digest: digestOf(bytes), size: bytes.length });
  assert.equal(await store.stat(digestOf(bytes)), { digest: digestOf(bytes), size: bytes.length });
  const whole = await store.get(digestOf(bytes));
  assert.equal(await buffer(some(whole)), bytes);
  const part = await store.get(digestOf(bytes), { start: 10, end: 19 });
  assert.equal(await buffer(some(part)), bytes.subarray(10, 20));
  await store.remove(digestOf(bytes));
  assert.is(await store.get(digestOf(bytes)), undefined);
  assert.is(await store.stat(digestOf(bytes)), undefined);
});

test('nothing is visible before the commit, and a discard leaves nothing', async () => {
  const store = filesystemStore(root);
  const stage = await store.stage();
  await stage.write(Buffer.from('half'));
  assert.is(await store.stat(stage.info().digest), undefined);
  await stage.discard();
  await stage.discard();
  assert.equal(await readdir(join(root, 'staging')), []);
});

test('many writers of the same bytes end with one object', async () => {
  const store = filesystemStore(root);
  const bytes = randomBytes(100_000);
  const results = await Promise.all(Array.from({ length: 20 }, () => putBytes(store, bytes)));
  assert.ok(results.every(({ digest }) => digest === digestOf(bytes)));
  assert.equal(await readFile(pathOf(digestOf(bytes))), bytes);
  assert.equal(await readdir(join(root, 'staging')), []);
});

test('rot is found before a reader has the whole object', async () => {
  const store = filesystemStore(root);
  const bytes = randomBytes(200_000);
  const { digest } = await putBytes(store, bytes);
  const rotten = Buffer.from(bytes);
  rotten[100_000] = (rotten[100_000] ?? 0) ^ 1;
  await writeFile(pathOf(digest), rotten);
  const stream = some(await store.get(digest));
  let seen = 0;
  let failure: unknown;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) seen += chunk.length;
  } catch (error) {
    failure = error;
  }
  assert.is(failure instanceof Problem && failure.code, 'digest-mismatch');
  assert.ok(seen < bytes.length);
});

test('attack: a digest that is a path', async () => {
  const store = filesystemStore(root);
  for (const digest of ['sha256:../../etc/passwd', `sha256:${'a'.repeat(63)}/`, 'md5:aa', ''] as Digest[]) {
    await store.get(digest).then(
      () => assert.unreachable(),
      (error: unknown) => assert.is(error instanceof Problem && error.code, 'evidence-not-found'),
    );
  }
});

test("a directory that can't be written is told in the words of the system", async () => {
  await writeFile(join(root, 'file'), '');
  const result = await probe(filesystemStore(join(root, 'file')));
  assert.is(result.ok, false);
  assert.match(result.ok ? '' : result.message, /^writing a probe object failed: .*ENOTDIR/);
  assert.equal(await probe(filesystemStore(join(root, 'fine'))), { ok: true });
});

test('kill -9 in the middle of an upload leaves nothing visible, and the rest is swept once it is old', async () => {
  const script = `
    import { filesystemStore } from ${JSON.stringify(new URL('../../src/evidence/filesystem.ts', import.meta.url).href)};
    const stage = await filesystemStore(${JSON.stringify(root)}).stage();
    for (;;) { await stage.write(Buffer.alloc(65536)); console.log('.'); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await readdir(join(root, 'blobs')).catch(() => []), []);
  const [left = ''] = await readdir(join(root, 'staging'));
  assert.is(await sweepStaging(root, Date.now()), 0);
  const old = new Date(Date.now() - 25 * 3600_000);
  await utimes(join(root, 'staging', left), old, old);
  assert.is(await sweepStaging(root, Date.now()), 1);
  assert.equal(await readdir(join(root, 'staging')), []);
});

test.run();
