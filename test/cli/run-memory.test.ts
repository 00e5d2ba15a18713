import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  forgetRun,
  type RunMemory,
  recallAdded,
  recallRun,
  rememberAdded,
  rememberRun,
} from '../../src/cli/run-memory.ts';

const test = suite('cli run memory');
let cwd: string;
const memory: RunMemory = {
  endpoint: 'https://receiver',
  namespace: 'shop',
  run: 'build-0123456789',
  workflow: 'build',
  contract: {
    name: 'release',
    revision: 1,
    revisionName: 'release-1',
    materials: [],
    envAllowList: [],
    annotations: [],
    signers: [],
    enforcement: 'Enforce',
  },
};

test.before.each(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-memory-'));
});
test.after.each(() => rm(cwd, { recursive: true, force: true }));

test('what was remembered comes back, readable to nobody else', async () => {
  assert.is(recallRun(cwd), undefined);
  rememberRun(cwd, memory);
  assert.equal(recallRun(cwd), memory);
  const { mode } = await stat(join(cwd, '.proviso/run.json'));
  assert.is(mode & 0o777, 0o600);
  assert.equal(await readdir(join(cwd, '.proviso')), ['run.json']);
});

test('a file that was open to all is closed when it is written again', async () => {
  rememberRun(cwd, memory);
  await chmod(join(cwd, '.proviso/run.json'), 0o666);
  rememberRun(cwd, memory);
  assert.is((await stat(join(cwd, '.proviso/run.json'))).mode & 0o777, 0o600);
});

test('what was added belongs to one run', () => {
  rememberRun(cwd, memory);
  rememberAdded(cwd, 'sbom', 'sha256:a');
  rememberAdded(cwd, 'tests', 'sha256:b');
  rememberAdded(cwd, 'sbom', 'sha256:c');
  assert.equal(Object.fromEntries(recallAdded(cwd)), { sbom: 'sha256:c', tests: 'sha256:b' });
  rememberRun(cwd, memory);
  assert.is(recallAdded(cwd).size, 2);
  rememberRun(cwd, { ...memory, run: 'build-9876543210' });
  assert.is(recallAdded(cwd).size, 0);
  forgetRun(cwd);
  assert.is(recallRun(cwd), undefined);
});

test('a file that is not ours is told, not overlooked', async () => {
  await mkdir(join(cwd, '.proviso'));
  for (const text of ['', '{', '[]', '{"run": "x"}']) {
    await writeFile(join(cwd, '.proviso/run.json'), text);
    assert.throws(() => recallRun(cwd), /run\.json can't be read as the memory of a run/);
  }
  rememberRun(cwd, memory);
  assert.match(await readFile(join(cwd, '.proviso/run.json'), 'utf8'), /build-0123456789/);
});

test.run();
