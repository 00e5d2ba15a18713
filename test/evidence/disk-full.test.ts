// deadline: 60
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../src/evidence/digest.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { hasSmallDisks, type SmallDisk, startSmallDisk } from '../support/small-disk.ts';
import { some } from '../support/some.ts';

const filesBelow = async (path: string): Promise<readonly string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

const test = suite('filesystem store that can not sync');
let root: string;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-evidence-'));
});
test.after.each(() => rm(root, { recursive: true }));

/** Syncing fails from then on, for what the condition says; no filesystem in memory does that by itself. */
async function failingSync<T>(fails: (isDirectory: boolean) => boolean, work: () => Promise<T>): Promise<T> {
  const handle = await open(root);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  prototype.sync = async function (this: FileHandle) {
    if (fails((await this.stat()).isDirectory())) {
      throw Object.assign(new Error('ENOSPC: no space left on device, fsync'), { code: 'ENOSPC' });
    }
    return sync.call(this);
  };
  return work().finally(() => {
    prototype.sync = sync;
  });
}

test('what the disk took and then could not keep is refused, and not shown', async () => {
  const bytes = randomBytes(100);
  const store = filesystemStore(root);
  // Its directories are there already.
  await putBytes(store, bytes);
  await store.remove(sha256Digest(bytes));
  for (const directory of [false, true]) {
    const outcome = await failingSync(
      (isDirectory) => isDirectory === directory,
      () => putBytes(store, bytes),
    ).catch((error: { code?: string; message: string }) => `${error.code} ${error.message}`);
    assert.is(outcome, 'store-unavailable the filesystem store failed: ENOSPC: no space left on device, fsync');
    assert.equal(await filesBelow(root), [], directory ? 'directory' : 'file');
    await putBytes(store, bytes);
    await store.remove(sha256Digest(bytes));
  }
});

test('a refusal of the same bytes takes nothing from who has them already', async () => {
  const bytes = randomBytes(100);
  const store = filesystemStore(root);
  await putBytes(store, bytes);
  for (const directory of [false, true]) {
    const outcome = await failingSync(
      (isDirectory) => isDirectory === directory,
      () => putBytes(store, bytes),
    ).catch((error: { code?: string }) => error.code);
    assert.is(outcome, 'store-unavailable');
    assert.ok(bytes.equals(await buffer(some(await store.get(sha256Digest(bytes))))));
  }
});

test.run();

const PAGE = 4096;

function onFullDisk(): void {
  const full = suite('filesystem store on a full disk');
  let disk: SmallDisk;
  let home: string;
  full.before(async () => {
    disk = await startSmallDisk({ bytes: 1 << 20, files: 64 });
    home = join(disk.path, 'evidence');
  });
  full.after(() => disk?.stop());

  /** Puts bytes where there may be no room for them, then where there is; returns what the first try came to. */
  async function putTwice(bytes: Buffer): Promise<string> {
    const store = filesystemStore(home);
    const digest = sha256Digest(bytes);
    const outcome = await putBytes(store, bytes).then(
      () => 'kept',
      (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
    );
    if (outcome !== 'kept') {
      assert.match(outcome, /^store-unavailable the filesystem store failed: ENOSPC/);
      assert.equal(await filesBelow(home), [], outcome);
      assert.is(await store.stat(digest), undefined);
    }
    await disk.relieve();
    await putBytes(store, bytes);
    assert.ok(bytes.equals(await buffer(some(await store.get(digest)))));
    assert.equal(await filesBelow(home), [digest.slice('sha256:'.length)]);
    await rm(home, { recursive: true });
    return outcome;
  }

  full('however little room is left: all of it is kept, or nothing, and it works once there is room', async () => {
    const outcomes: string[] = [];
    for (let pages = 0; pages <= 12; pages++) {
      await disk.fill(pages * PAGE);
      outcomes.push(await putTwice(randomBytes(10 * PAGE)));
    }
    assert.is(outcomes.filter((outcome) => outcome === 'kept').length, 3);
    assert.ok(outcomes.some((outcome) => outcome.endsWith('write')));
  });

  full('however few files may be made: at each directory, at the file and at its name', async () => {
    const outcomes: string[] = [];
    for (let files = 0; files <= 8; files++) {
      await disk.crowd(files);
      outcomes.push(await putTwice(randomBytes(100)));
    }
    for (const step of [/mkdir .*staging/, /open .*staging/, /mkdir .*blobs/])
      assert.ok(
        outcomes.some((outcome) => step.test(outcome)),
        `${step} never failed: ${outcomes.join('\n')}`,
      );
    assert.is(outcomes.at(-1), 'kept');
  });

  full.run();
}

if (hasSmallDisks()) onFullDisk();
