// deadline: 120
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CLI, SERVER } from '../../scripts/build/options.ts';

const test = suite('build');
const ROOT = new URL('../..', import.meta.url).pathname;
const DIST = join(ROOT, 'dist');
const run = promisify(execFile);
const SBOM = { bomFormat: 'CycloneDX', specVersion: '1.7', version: 1 };
/** Types, documents, and what is to be said of them. */
const INSPECTED: readonly (readonly [type: string, text: string, said: RegExp])[] = [
  ['SARIF', '{"version":"2.1.0","runs":[]}', /"ok":true.*application\/sarif\+json/],
  ['SBOM_CYCLONEDX_JSON', JSON.stringify(SBOM), /"ok":true.*application\/vnd.cyclonedx\+json/],
  ['SBOM_CYCLONEDX_JSON', JSON.stringify({ ...SBOM, version: '1' }), /"ok":false.*"\/version".*must be integer/],
];

test.before(async () => {
  await run(process.execPath, [join(ROOT, 'scripts/build.ts')]);
});

test('the CLI starts from its bundle and finds its pieces', async () => {
  const cli = join(DIST, 'proviso.mjs');
  const help = await run(cli, ['--help']);
  assert.match(help.stdout, /Usage: proviso/);
  const lint = await run(cli, ['contract', 'lint', 'config/samples/contract.yaml'], { cwd: ROOT });
  assert.match(lint.stdout, /^ok {3}/);
});

test('package.json names what is built', async () => {
  const { bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  for (const path of Object.values(bin)) await readFile(join(ROOT, path));
});

test('help reads little: the libraries of the commands are in pieces of their own', async () => {
  const entry = await readFile(join(DIST, 'proviso.mjs'), 'utf8');
  assert.ok(entry.length < 100_000, `${entry.length} characters`);
  assert.ok((await readdir(join(DIST, 'cli'))).some((name) => name.startsWith('push-')));
});

test('the pieces of the CLI find the validators', async () => {
  const names = (await readdir(join(DIST, 'cli'))).filter((name) => name.endsWith('.mjs'));
  const texts = await Promise.all(names.map((name) => readFile(join(DIST, 'cli', name), 'utf8')));
  const readers = names.filter((_, index) => texts[index]?.includes('validators/'));
  assert.ok(readers.length > 0);
  for (const name of readers) {
    const [path] = /[\w./]*validators\//.exec(texts[names.indexOf(name)] ?? '') ?? [];
    assert.ok(createRequire(join(DIST, 'cli', name)).resolve(`${path}spdx/spdx-3.0.cjs`), name);
  }
});

test('the receiver does not carry the operator, nor the CLI either of them', async () => {
  // A class that only @dot-i/k8s-operator has keeps its name in the bundle.
  const OPERATOR = /ResourceEventType/;
  assert.match(await readFile(join(DIST, 'operator.mjs'), 'utf8'), OPERATOR);
  assert.not.match(await readFile(join(DIST, 'receiver.mjs'), 'utf8'), OPERATOR);
  for (const name of (await readdir(join(DIST, 'cli'))).filter((file) => file.endsWith('.mjs'))) {
    const text = await readFile(join(DIST, 'cli', name), 'utf8');
    assert.not.match(text, OPERATOR, name);
    assert.not.match(text, /x-powered-by/, name);
  }
});

test('the library of S3 is in a piece of its own, that only a store of that kind reads', async () => {
  for (const program of ['operator', 'receiver']) {
    const names = (await readdir(DIST)).filter((name) => name.startsWith(program) && name.endsWith('.mjs'));
    const texts = await Promise.all(names.map((name) => readFile(join(DIST, name), 'utf8')));
    const having = names.filter((_, index) => /UploadPartCopy/.test(texts[index] ?? ''));
    assert.is(having.length, 1, having.join(', '));
    assert.not.equal(having, [`${program}.mjs`]);
  }
});

test('the threads of the receiver start from what is built, and their validators are compiled', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-build-'));
  try {
    for (const name of ['worker.js', 'check-worker.mjs', 'validators']) {
      await cp(join(DIST, name), join(folder, name), { recursive: true });
    }
    // The receiver's own bundle needs a cluster to get that far; of it this is the part that starts them.
    const stdin = {
      contents: `import { EventEmitter } from 'node:events';
        import { createChecks } from './src/receiver/checks/checks.ts';
        const checks = createChecks({ error: console.error });
        const asker = { identity: 'a', response: new EventEmitter() };
        for (const [type, text] of ${JSON.stringify(INSPECTED)}) {
          const bytes = Buffer.from(text);
          const material = { type, pieces: [new Uint8Array(bytes).buffer], size: bytes.length, digest: '' };
          console.log(JSON.stringify(await checks.material(material, asker)));
        }
        await checks.close();`,
      resolveDir: ROOT,
    };
    await build({ ...SERVER, stdin, outfile: join(folder, 'receiver.mjs'), outExtension: {} });
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'receiver.mjs')]);
    assert.is(stderr, '');
    const answers = stdout.trim().split('\n');
    assert.is(answers.length, INSPECTED.length);
    for (const [index, [, , expected]] of INSPECTED.entries()) assert.match(answers[index] ?? '', expected);
  } finally {
    await rm(folder, { recursive: true });
  }
});

for (const [who, options, path] of [
  ['the receiver', SERVER, 'receiver.mjs'],
  ['the CLI', CLI, 'cli/policy.mjs'],
] as const) {
  test(`the threads for policies start from what is built, beside ${who}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proviso-build-'));
    try {
      for (const name of ['worker.js', 'cli/worker.js', 'cel-worker.mjs'])
        await cp(join(DIST, name), join(folder, name));
      const stdin = {
        contents: `import { createCelEngine } from './src/policy/cel/engine.ts';
          const engine = createCelEngine({ onError: console.error });
          const source = 'validations: [{expression: "size(sbom.components(input)) == 1", message: m}]';
          const query = { input: ${JSON.stringify(SBOM)}, inputs: {}, run: {}, now: '2026-01-01T00:00:00Z' };
          console.log(JSON.stringify([await engine.check(source), await engine.evaluate('p', source, query)]));
          await engine.close();`,
        resolveDir: ROOT,
      };
      await build({ ...options, stdin, outfile: join(folder, path), outExtension: {} });
      const { stdout, stderr } = await run(process.execPath, [join(folder, path)]);
      assert.is(stderr, '');
      assert.equal(JSON.parse(stdout), [[], { kind: 'evaluated', violations: [{ subject: 'p', message: 'm' }] }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test.run();
