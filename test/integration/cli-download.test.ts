// deadline: 180
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';

const MANIFESTS = [
  manifest('Contract', 'release', { materials: [{ name: 'package', type: 'ARTIFACT', output: true }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
].join('\n---\n');
const MIB = 1 << 20;
const BYTES = randomBytes(24 * MIB);
const HEX = createHash('sha256').update(BYTES).digest('hex');
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

let shop: Shop;
let proxy: CuttingProxy;
let work: string;
let env: Readonly<Record<string, string>>;
/** The id of a process that is over. */
let over: number;
const test = suite('cli download');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  proxy = await startCuttingProxy(new URL(shop.stack.endpoint));
  env = { PROVISO_DIR: await mountSecret(shop, 'build'), PROVISO_ENDPOINT: `https://127.0.0.1:${proxy.port}` };
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  over = child.pid ?? 0;
  await once(child, 'exit');
  const dir = await mkdtemp(join(tmpdir(), 'proviso-download-'));
  await writeFile(join(dir, 'package.bin'), BYTES);
  for (const args of ['init', 'add package package.bin']) {
    const { code, text } = await runProviso(dir, args, env);
    assert.is(code, 0, text);
  }
  await rm(dir, { recursive: true });
});
test.after(async () => {
  proxy?.close();
  await shop?.stop();
});
test.before.each(async () => {
  work = await mkdtemp(join(tmpdir(), 'proviso-download-'));
  proxy.fates.length = 0;
  proxy.brought = 0;
});
test.after.each(() => rm(work, { recursive: true, force: true }));

const download = (): Promise<CommandOutcome> => runProviso(work, `download sha256:${HEX} -f app.bin`, env);
const partOf = (hex: string, pid: number): string => join(work, `app.bin.${hex}.${pid}.part`);
async function assertRight({ code, text }: CommandOutcome, ...others: readonly string[]): Promise<void> {
  assert.is(code, 0, text);
  assert.ok(BYTES.equals(await readFile(join(work, 'app.bin'))));
  assert.equal((await readdir(work)).toSorted(), ['app.bin', ...others].toSorted());
}

test('a connection that breaks is gone on with', async () => {
  proxy.fates.push({ after: 5 * MIB, end: 'cut' }, { after: 7 * MIB, end: 'cut' });
  const outcome = await download();
  await assertRight(outcome);
  assert.is(outcome.err.match(/the connection broke after \d/g)?.length, 2, outcome.err);
  assert.ok(proxy.brought < 26 * MIB, `${proxy.brought} bytes for ${BYTES.length}`);
});

test('a download that was killed goes on where it was, and has no final name before', async () => {
  proxy.fates.push({ after: 10 * MIB, end: 'hold' });
  const child = spawn(process.execPath, [MAIN, 'download', `sha256:${HEX}`, '-f', 'app.bin'], {
    ...{ cwd: work, env, stdio: 'ignore' as const },
  });
  const part = partOf(HEX, child.pid ?? 0);
  await eventually('some of it', async () => (await stat(part)).size > 9 * MIB);
  const meanwhile = await download();
  await assertRight(meanwhile, `app.bin.${HEX}.${child.pid}.part`);
  assert.not.match(meanwhile.out, /from before/);
  await rm(join(work, 'app.bin'));
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  assert.equal(await readdir(work), [`app.bin.${HEX}.${child.pid}.part`]);
  proxy.brought = 0;
  const outcome = await download();
  await assertRight(outcome);
  assert.match(outcome.out, /24\.0 MiB, (9|10)\.\d MiB of them from before, the digest is right/);
  assert.match(outcome.err, /going on after (9|10)\.\d MiB of 24\.0 MiB/);
  assert.ok(proxy.brought < 16 * MIB, `${proxy.brought} bytes for the rest`);
});

test('one that was whole already needs only its name', async () => {
  await writeFile(partOf(HEX, over), BYTES);
  await assertRight(await download());
  assert.is(proxy.brought, 0);
});

test('what is not of this digest is never mixed in', async () => {
  const wrong = Buffer.alloc(4 * MIB, 'wrong');
  await writeFile(partOf(HEX, over), wrong);
  const outcome = await download();
  await assertRight(outcome);
  assert.match(outcome.err, /what an earlier download left is not of this digest: all of it is fetched again/);
  await rm(join(work, 'app.bin'));
  await writeFile(partOf(HEX, over), Buffer.concat([BYTES, wrong]));
  await assertRight(await download());
  await rm(join(work, 'app.bin'));
  const other = partOf('0'.repeat(64), over);
  await writeFile(other, wrong);
  const beside = await download();
  await assertRight(beside, `app.bin.${'0'.repeat(64)}.${over}.part`);
  assert.not.match(beside.text, /from before|going on/);
  assert.ok(wrong.equals(await readFile(other)));
});

test('a partial file that leads elsewhere is not written through', async () => {
  await writeFile(join(work, 'victim'), BYTES.subarray(0, MIB));
  await symlink('victim', partOf(HEX, over));
  await assertRight(await download(), 'victim', `app.bin.${HEX}.${over}.part`);
  assert.ok(BYTES.subarray(0, MIB).equals(await readFile(join(work, 'victim'))));
});

test('two at once, and one that is refused, leave nothing but what is right', async () => {
  const outcomes = await Promise.all([download(), download()]);
  for (const outcome of outcomes) await assertRight(outcome);
  await rm(join(work, 'app.bin'));
  const absent = await runProviso(work, `download sha256:${'0'.repeat(64)} -f app.bin`, env);
  assert.is(absent.code, 1);
  assert.equal(await readdir(work), []);
});

test.run();
