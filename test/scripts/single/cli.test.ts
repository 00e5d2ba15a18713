// deadline: 180
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findBinaries } from '../../controlplane/binaries.ts';

const test = suite('cli in one file');
const run = promisify(execFile);
const ROOT = new URL('../../..', import.meta.url).pathname;
/** Nothing but the file is there, and nothing of ours is in the PATH. */
let folder: string;
let programs: readonly (readonly [name: string, command: readonly [string, ...string[]]])[];

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-single-'));
  await run(process.execPath, [join(ROOT, 'scripts/cli.ts'), join(folder, 'built')]);
  await cp(join(folder, 'built/proviso.cjs'), join(folder, 'proviso.cjs'));
  await cp(join(folder, 'built/proviso'), join(folder, 'bin/proviso'));
  programs = [
    ['one file', [process.execPath, join(folder, 'proviso.cjs')]],
    ['one executable', [join(folder, 'bin/proviso')]],
  ];
});
test.after(() => rm(folder, { recursive: true, force: true }));

const start = ([program, ...first]: readonly [string, ...string[]], args: readonly string[], env = {}) =>
  run(program, [...first, ...args], { cwd: folder, env });

test('it needs nothing beside it, and no node', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  for (const [name, command] of programs) {
    assert.match((await start(command, ['--help'])).stdout, /Usage: proviso \[options\]/, name);
    assert.is((await start(command, ['--version'])).stdout, `${version}\n`, name);
    assert.match((await start(command, ['completion', 'bash'])).stdout, /complete -F _proviso proviso/, name);
  }
});

test('its threads start from it too', async () => {
  const bom = join(folder, 'bom.json');
  await writeFile(bom, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.7', version: 1 }));
  const policy = join(ROOT, 'config/policies/sbom-freshness.yaml');
  for (const [name, command] of programs) {
    const judge = ['policy', 'eval', policy, '--type', 'SBOM_CYCLONEDX_JSON', '--input'];
    const judged = await start(command, [...judge, bom]).catch((error: unknown) => error);
    assert.match((judged as { stdout: string }).stdout, /sbom-freshness.*does not say when it was made/, name);
  }
});

test('a piece of a command finds the validators', async () => {
  const ask = `const read = require('node:module').createRequire(PIECE_URL);
    const validate = read('../validators/cyclonedx/bom-1.7.cjs');
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.7' };
    console.log(validate({ ...bom, version: 1 }), validate({ ...bom, version: '1' }));`;
  const piece = `"cli/ask.mjs":"${brotliCompressSync(ask).toString('base64')}",`;
  const text = await readFile(join(folder, 'proviso.cjs'), 'utf8');
  const asking = join(folder, 'asking.cjs');
  await writeFile(asking, text.replace(')({"', `)({${piece}"`).replace("'proviso.mjs');", "'cli/ask.mjs');"));
  assert.is((await run(process.execPath, [asking])).stdout, 'true false\n');
});

test('its errors and exit codes are those of the pieces', async () => {
  for (const [name, command] of programs) {
    const outcome = await start(command, ['psuh']).catch((error: unknown) => error);
    const { code, stderr } = outcome as { code: number; stderr: string };
    assert.is(code, 2, name);
    assert.match(stderr, /unknown command 'psuh'.*Did you mean push/, name);
  }
});

test('under the name of a plugin of kubectl its usages are typed so', async () => {
  const plugin = join(folder, 'kubectl-proviso');
  await symlink(join(folder, 'bin/proviso'), plugin);
  assert.match((await start([plugin], ['init', '--help'])).stdout, /^Usage: kubectl proviso init/);
  const kubectl = join((await findBinaries()).directory, 'kubectl');
  const env = { PATH: folder, HOME: folder };
  const help = await run(kubectl, ['proviso', 'archive', 'runs', '--help'], { env });
  assert.match(help.stdout, /^Usage: kubectl proviso archive runs/);
  const wrong = await run(kubectl, ['proviso', 'psuh'], { env }).catch((error: unknown) => error);
  assert.is((wrong as { code: number }).code, 2);
  const script = join(folder, 'plugins/kubectl-proviso');
  await mkdir(join(folder, 'plugins'));
  await symlink(join(folder, 'proviso.cjs'), script);
  const path = join(process.execPath, '..');
  const asScript = await run(script, ['init', '--help'], { env: { PATH: `${path}:/usr/bin:/bin` } });
  assert.match(asScript.stdout, /^Usage: kubectl proviso init/);
});

test('--help reads little of it', async () => {
  const { size } = await stat(join(folder, 'proviso.cjs'));
  console.log(
    `» one file: ${(size / 1e6).toFixed(1)} MB, one executable: ${((await stat(join(folder, 'bin/proviso'))).size / 1e6).toFixed(0)} MB`,
  );
  assert.ok(size < 2_500_000, `${size} bytes`);
});

test.run();
