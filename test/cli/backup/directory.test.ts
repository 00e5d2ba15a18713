import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackup, type Manifest, type ManifestFacts, openBackup } from '../../../src/cli/backup/directory.ts';
import { createPart } from '../../../src/cli/backup/part.ts';
import { forge } from '../../support/backups.ts';

let work: string;
const test = suite('a backup on the disk');
test.before.each(async () => {
  work = await mkdtemp(join(tmpdir(), 'proviso-parts-'));
});
test.after.each(() => rm(work, { recursive: true, force: true }));

const FACTS: ManifestFacts = {
  ...{ proviso: '0', time: '2026-11-28T10:00:00Z', objects: {} },
  runs: { recorded: 0, missing: [], missingCount: 0, unarchived: 0, unfinished: 0 },
};
/** Of every kind that a reader could stumble over: none, longer than a chunk, not of ASCII. */
const LINES = ['', 'one', 'ü\u2028\r', 'x'.repeat(3 << 20), '', 'last'];

async function saved(): Promise<string> {
  const target = join(work, 'saved');
  const writer = await createBackup(target);
  const parts: Record<string, Manifest['parts']['objects']> = {};
  for (const name of ['objects', 'records'] as const) {
    const part = writer.part(name);
    for (const line of LINES) await part.write(line);
    parts[name] = await part.end();
  }
  assert.equal(await readdir(work), [`saved.${process.pid}.part`], 'no name before it is whole');
  await writer.finish(FACTS, parts as Manifest['parts']);
  await writer.discard();
  return target;
}
const read = async (target: string): Promise<readonly string[]> =>
  (await Array.fromAsync((await openBackup(target)).lines('records'))).map((line) => line.toString('utf8'));
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: Error) => error.message,
  );

test('every line comes back as it went in', async () => {
  const target = await saved();
  assert.equal(await read(target), LINES);
  assert.equal((await readdir(target)).toSorted(), ['manifest.json', 'objects.ndjson.gz', 'records.ndjson.gz']);
  assert.equal(await Array.fromAsync((await openBackup(target)).lines('secrets')), []);
});

test('what fails leaves nothing, and nothing takes the place of another', async () => {
  const target = join(work, 'saved');
  const writer = await createBackup(target);
  await writer.part('objects').write('one');
  await writer.discard();
  assert.equal(await readdir(work), []);
  await mkdir(target);
  await writeFile(join(target, 'mine'), '');
  assert.match(await failure(createBackup(target)), /is there already/);
  await rm(target, { recursive: true });
  const late = await createBackup(target);
  const part = late.part('objects');
  const objects = await part.end();
  await mkdir(target);
  assert.match(await failure(late.finish(FACTS, { objects })), /has appeared meanwhile/);
  await late.discard();
  assert.equal(await readdir(work), ['saved']);
  assert.match(await failure(createBackup(join(work, 'absent', 'saved'))), /can't be made/);
});

test('attack: a command that is broken off leaves no key for others to find, and ends as it would have', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const script = `
      const { createBackup } = await import('${new URL('../../../src/cli/backup/directory.ts', import.meta.url)}');
      const writer = await createBackup('saved');
      await writer.part('secrets').write('a key');
      console.log('written');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: work });
    await once(child.stdout, 'data');
    assert.equal(await readdir(work), [`saved.${child.pid}.part`]);
    const ended = once(child, 'exit');
    child.kill(signal);
    assert.equal(await ended, [null, signal]);
    assert.equal(await readdir(work), []);
  }
});

test('a file that can not be written is told of, and nobody waits for it', async () => {
  const gone = createPart(join(work, 'absent', 'records'));
  const noise = Buffer.from(Array.from({ length: 1 << 20 }, () => Math.random().toString(36)).join(''));
  assert.match(await failure(Array.fromAsync({ length: 9 }, () => gone.write(noise))), /ENOENT/);
  assert.match(await failure(gone.end()), /ENOENT/);
});

test('attack: any byte that is changed, and any end that is missing', async () => {
  const target = await saved();
  const path = join(target, 'records.ndjson.gz');
  const bytes = await readFile(path);
  for (const at of [0, 100, bytes.length - 1]) {
    const bent = Buffer.from(bytes);
    bent[at] = (bent[at] ?? 0) ^ 1;
    await writeFile(path, bent);
    assert.match(await failure(openBackup(target)), /has the SHA-256/);
  }
  await writeFile(path, bytes.subarray(0, -1));
  assert.match(await failure(openBackup(target)), /has \d+ bytes, and the manifest says/);
  for (const text of ['', 'null', '[]', '{"format":"1"}', '{"format":1}', '{"format":1,"parts":{}}']) {
    await writeFile(join(target, 'manifest.json'), text);
    assert.match(await failure(openBackup(target)), /not of the format 1|is not whole/, text);
  }
});

test('attack: a manifest that fits, and a part that no program wrote', async () => {
  const target = await saved();
  await forge(target, 'records', ['x'.repeat(9 << 20)]);
  assert.match(await failure(read(target)), /records\.ndjson\.gz can't be read/);
  await forge(target, 'records', ['one']);
  assert.equal(await read(target), ['one']);
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'));
  const cut = gzipSync('one\ntw');
  await writeFile(join(target, 'records.ndjson.gz'), cut);
  const sha256 = (await import('../../../src/api/canonical.ts')).sha256Hex(cut);
  manifest.parts.records = { sha256, bytes: cut.length, lines: 2 };
  await writeFile(join(target, 'manifest.json'), JSON.stringify(manifest));
  assert.match(await failure(read(target)), /can't be read/);
});

test.run();
