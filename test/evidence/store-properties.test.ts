// deadline: 60
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { some } from '../support/some.ts';

const test = suite('filesystem store, properties and faults');
let root: string;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-evidence-'));
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('however bytes are cut into chunks, they come back the same, whole and in every part', async () => {
  const store = filesystemStore(root);
  const chunks = fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 12 });
  const property = fc.asyncProperty(chunks, fc.nat(), fc.nat(), async (parts, from, length) => {
    const bytes = Buffer.concat(parts);
    const stage = await store.stage();
    for (const part of parts) await stage.write(part);
    assert.equal(await stage.commit(), { digest: digestOf(bytes), size: bytes.length });
    await stage.discard();
    assert.equal(await buffer(some(await store.get(digestOf(bytes)))), bytes);
    if (bytes.length === 0) return;
    const start = from % bytes.length;
    const end = Math.min(bytes.length - 1, start + (length % bytes.length));
    const part = await buffer(some(await store.get(digestOf(bytes), { start, end })));
    assert.equal(part, bytes.subarray(start, end + 1));
  });
  await fc.assert(property, { numRuns: 60, seed: 7 });
  assert.equal(await readdir(join(root, 'staging')), []);
});

test('any one damaged byte, or a lost end, is found', async () => {
  const store = filesystemStore(root);
  const property = fc.asyncProperty(
    fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    fc.nat(),
    fc.boolean(),
    async (bytes, at, isCut) => {
      const stage = await store.stage();
      await stage.write(bytes);
      const { digest } = await stage.commit();
      const place = at % bytes.length;
      const damaged = isCut
        ? bytes.subarray(0, place)
        : bytes.map((byte, index) => (index === place ? byte ^ 0x10 : byte));
      const hex = digest.slice('sha256:'.length);
      await writeFile(join(root, 'blobs/sha256', hex.slice(0, 2), hex), damaged);
      const read = await buffer(some(await store.get(digest))).then(
        () => 'whole',
        () => 'refused',
      );
      assert.is(read, 'refused');
      await store.remove(digest);
    },
  );
  await fc.assert(property, { numRuns: 60, seed: 7 });
});

/** Runs a script with files limited to 64 KiB: the kernel then refuses to write on, as it does on a full disk. */
async function withSmallFiles(script: string): Promise<string> {
  const module = JSON.stringify(new URL('../../src/evidence/filesystem.ts', import.meta.url).href);
  const source = `import { filesystemStore } from ${module}; const store = filesystemStore(${JSON.stringify(root)}); ${script}`;
  const command = `ulimit -f 128; exec "${process.execPath}" --input-type=module -e "$0"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, source], {
    env: { ...process.env, NODE_COMPILE_CACHE: '' },
  });
  return stdout.trim();
}

test('no room to write on is a refusal that says so, and leaves nothing', async () => {
  const said = await withSmallFiles(`
    const stage = await store.stage();
    try { for (let i = 0; i < 64; i++) await stage.write(Buffer.alloc(65536, i)); console.log('wrote it all'); }
    catch (error) { console.log(error.code + ' ' + error.message); }
    finally { await stage.discard(); }`);
  assert.match(said, /^store-unavailable the filesystem store failed: EFBIG/);
  assert.equal(await readdir(join(root, 'staging')), []);
  assert.equal(await readdir(join(root, 'blobs')).catch(() => []), []);
});

test('a store whose directory vanished in the middle says so, and is there again for the next', async () => {
  const store = filesystemStore(root);
  const stage = await store.stage();
  await stage.write(Buffer.from('lost'));
  await rm(join(root, 'staging'), { recursive: true });
  const code = await stage.commit().then(
    () => 'committed',
    (error: { code?: string }) => error.code,
  );
  assert.is(code, 'store-unavailable');
  await stage.discard();
  const next = await store.stage();
  await next.write(Buffer.from('kept'));
  assert.is((await next.commit()).digest, digestOf(Buffer.from('kept')));
});

/** What is synced while the work goes on, by path; everything is synced for real. */
async function syncedBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const handle = await open(root);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  const paths: string[] = [];
  prototype.sync = async function (this: FileHandle) {
    paths.push(await readlink(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  };
  try {
    await work();
  } finally {
    prototype.sync = sync;
  }
  return paths;
}

test('an object is synced with every directory that is new for it', async () => {
  const home = join(root, 'home');
  const store = filesystemStore(home);
  const put = (text: string) => () => putBytes(store, Buffer.from(text));
  const shard = join(home, 'blobs/sha256', digestOf(Buffer.from('x')).slice(7, 9));
  const first = await syncedBy(put('x'));
  for (const path of [root, home, join(home, 'blobs'), join(home, 'blobs/sha256'), shard]) {
    assert.ok(first.includes(path), `${path} is not synced`);
  }
  assert.ok(first.some((path) => path.startsWith(join(home, 'staging/'))));
  const again = await syncedBy(put('x'));
  assert.is(again.length, 2);
  assert.is(again[1], shard);
});

test.run();
