// deadline: 60
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdir, mkdtemp, open, readdir, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesystemStore, sweepStaging } from '../../src/evidence/filesystem.ts';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest } from '../../src/evidence/store.ts';

const test = suite('filesystem store');
let root: string;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-evidence-'));
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Runs a script with files limited to 64 KiB: the kernel then refuses to write on, as it does on a full disk. */
async function withSmallFiles(script: string): Promise<string> {
  const module = JSON.stringify(new URL('../../src/evidence/filesystem.ts', import.meta.url).href);
  const source = `import { filesystemStore, sweepStaging } from ${module}; const store = filesystemStore(${JSON.stringify(root)}); ${script}`;
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

test('a directory that was left by a process that ended before it was synced is synced by the next', async () => {
  const home = join(root, 'home');
  const digest = digestOf(Buffer.from('x'));
  const shard = join(home, 'blobs/sha256', digest.slice(7, 9));
  await mkdir(shard, { recursive: true });
  const store = filesystemStore(home);
  const synced = await syncedBy(() => putBytes(store, Buffer.from('x')));
  for (const path of [home, join(home, 'blobs'), join(home, 'blobs/sha256'), shard]) {
    assert.ok(synced.includes(path), `${path} is not synced`);
  }
  assert.not.ok(synced.includes(root), 'what holds a root that is there already is not ours');
  assert.is((await syncedBy(() => putBytes(store, Buffer.from('x')))).length, 2);
});

test("a directory that can't be written is told in the words of the system", async () => {
  await writeFile(join(root, 'file'), '');
  const result = await probe(filesystemStore(join(root, 'file')));
  assert.is(result.ok, false);
  assert.match(result.ok ? '' : result.message, /^writing a probe object failed: .*ENOTDIR/);
  assert.equal(await probe(filesystemStore(join(root, 'fine'))), { ok: true, removed: true });
});

test('kill -9 in the middle of an upload leaves nothing visible, and the rest is swept once it is old', async () => {
  const script = `
    import { filesystemStore, sweepStaging } from ${JSON.stringify(new URL('../../src/evidence/filesystem.ts', import.meta.url).href)};
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
