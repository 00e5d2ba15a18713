import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { PROBLEMS, type ProblemCode } from '../../src/api/problems.ts';
import { exitCodeOf, exitCodeOfVerdict } from '../../src/cli/exit-code.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';

const test = suite('cli program');
const ROOT = new URL('../..', import.meta.url).pathname;
let cwd: string;

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** The real program in a directory and an environment of its own. */
function proviso(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env.PATH ?? '', ...env } };
    execFile(process.execPath, [`${ROOT}src/main.ts`, ...args], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

test.before.each(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-program-'));
});
test.after.each(() => rm(cwd, { recursive: true, force: true }));

const namesOf = (command: Command, before = ''): readonly string[] =>
  command.commands.flatMap((each) => {
    const name = `${before}${each.name()}`;
    return each.commands.length === 0 ? [name] : namesOf(each, `${name} `);
  });

test('docs/cli.md and the program have the same commands', async () => {
  const program = createProgram(processIo(), () => {});
  const text = await readFile(join(ROOT, 'docs/cli.md'), 'utf8');
  const documented = [...text.matchAll(/^\| `proviso ([a-z ]+?)(?: [A-Z ]+)?` \|/gm)].map(([, name]) => name ?? '');
  assert.equal(documented.toSorted(), namesOf(program).toSorted());
});

test('every option is explained', () => {
  const walk = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(walk)];
  for (const command of walk(createProgram(processIo(), () => {}))) {
    assert.ok(command.description() !== '', command.name());
    for (const option of command.options) assert.ok(option.description !== '', `${command.name()} ${option.flags}`);
  }
});

test('help and version are no errors; a bare command shows its help', async () => {
  const help = await proviso(['--help']);
  assert.is(help.code, 0);
  assert.match(help.out, /Exit codes: 0 fine, 1 error, 2 usage, 3 contract not met, 4 blocked/);
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  assert.equal(await proviso(['--version']), { code: 0, out: `${version}\n`, err: '' });
  const bare = await proviso([]);
  assert.is(bare.code, 2);
  assert.match(bare.err, /Usage: proviso/);
  assert.match((await proviso(['contract'])).err, /lint <file>/);
});

test('a wrong command line says what to type, once, and ends with 2', async () => {
  for (const [args, expected] of [
    [['psuh'], /unknown command 'psuh'.*Did you mean push/],
    [['add', 'a=1', 'a=2'], /two of the materials have the same name/],
    [['add', 'a=1', 'b'], /the material 'b' has no value/],
    [['add', 'a=1', 'b=2', '--type', 'SARIF'], /are about one material/],
    [['add', 'sbom'], /a material is a NAME and a VALUE[\s\S]*type: proviso add NAME VALUE/],
    [['push', '--kee', 'x'], /unknown option '--kee'.*Did you mean --key/],
    [['status', '-o', 'yaml'], /Allowed choices are table, json/],
    [['push', '--no-submit'], /add --bundle FILE/],
  ] as const) {
    const { code, out, err } = await proviso(args, {
      PROVISO_RUN: 'shop/x',
      PROVISO_ENDPOINT: 'https://a',
      PROVISO_TOKEN: 't',
    });
    assert.is(code, 2, err);
    assert.is(out, '');
    assert.match(err, expected);
    assert.is(err.split('error:').length, 2, err);
  }
  const json = await proviso(['-o', 'json', 'psuh']);
  assert.is((JSON.parse(json.err) as { code: string }).code, 'usage');
});

test('without a receiver or a run it says which variable and how to get it', async () => {
  const none = await proviso(['status']);
  assert.is(none.code, 2);
  assert.match(none.err, /PROVISO_ENDPOINT: is not set; export PROVISO_ENDPOINT="\$\(kubectl/);
  const run = await proviso(['status'], { PROVISO_ENDPOINT: 'https://a', PROVISO_TOKEN: 't' });
  assert.is(run.code, 2);
  assert.match(run.err, /no-run[\s\S]*proviso init/);
});

test('the exit code tells the four ends apart', () => {
  const codes = Object.keys(PROBLEMS).map((code) => [code, exitCodeOf(new Problem(code as ProblemCode, 'x'))] as const);
  const withCode = (exit: number) => codes.filter(([, found]) => found === exit).map(([code]) => code);
  assert.equal(withCode(3), ['contract-not-met']);
  assert.equal(withCode(2), ['usage', 'not-configured', 'no-run']);
  assert.is(exitCodeOf(new Error('x')), 1);
  assert.is(exitCodeOfVerdict('True', 'Accepted'), 0);
  assert.is(exitCodeOfVerdict('True', 'AcceptedWithViolations'), 0);
  assert.is(exitCodeOfVerdict('False', 'PolicyViolation'), 4);
  assert.is(exitCodeOfVerdict('False', 'Expired'), 1);
});

const LINT: readonly (readonly [string, number, RegExp])[] = [
  ['apiVersion: proviso.dev/v1alpha1\nkind: Contract\nmetadata: {name: a}\nspec: {}\n', 0, /ok {3}.*Contract a/],
  ['{}\n---\nkind: Contractt\n', 1, /document 1[\s\S]*kind[\s\S]*did you mean 'Contract'/],
  ['a: &a [x]\nb: [*a, *a]\na: 1\n', 1, /not valid YAML.*duplicat/i],
  [`a: &a [x]\nb: [${Array(200).fill('*a').join(', ')}]\n`, 1, /not valid YAML.*alias/i],
  ['', 1, /holds no document/],
  [': : :\n- x', 1, /not valid YAML/],
];

test('contract lint judges files, good and bad, without any configuration', async () => {
  for (const [text, expected, says] of LINT) {
    await writeFile(join(cwd, 'c.yaml'), text);
    const { code, out, err } = await proviso(['contract', 'lint', 'c.yaml']);
    assert.is(code, expected, `${text}\n${out}${err}`);
    assert.match(`${out}${err}`, says);
  }
  const samples = await proviso(['contract', 'lint', join(ROOT, 'config/samples/contract.yaml')]);
  assert.is(samples.code, 0, samples.out);
  assert.is((await proviso(['contract', 'lint', 'absent.yaml'])).code, 2);
});

test('a reader that has enough is no error', async () => {
  await writeFile(join(cwd, 'c.yaml'), `${LINT[0]?.[0]}---\n`.repeat(5000));
  const shell = `"${process.execPath}" "${ROOT}src/main.ts" contract lint c.yaml | head -1; exit \${PIPESTATUS[0]}`;
  const outcome = await new Promise<Outcome>((resolve) => {
    execFile('bash', ['-c', shell], { cwd }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
  assert.equal([outcome.code, outcome.err], [0, '']);
});

const CHAINLOOP = `apiVersion: chainloop.dev/v1
kind: Contract
metadata: {name: release, description: what is owed}
spec:
  materials: [{type: SARIF, name: scan}]
  policies:
    attestation: [{ref: signed, with: {strict: yes, version: 1.10}}]
`;

test('import writes what lint accepts, and says what it changed', async () => {
  await writeFile(join(cwd, 'in.yaml'), CHAINLOOP);
  const { code, out, err } = await proviso(['-n', 'shop', 'import', 'in.yaml']);
  assert.is(code, 0);
  assert.match(out, /strict: 'yes'\n *version: '1.10'/);
  assert.match(out, /namespace: shop/);
  assert.match(err, /^changed release: metadata.description: became spec.description\n$/);
  await writeFile(join(cwd, 'out.yaml'), out);
  assert.is((await proviso(['contract', 'lint', 'out.yaml'])).code, 0);
});

test('import writes nothing when something would be lost, unless that is allowed', async () => {
  await writeFile(join(cwd, 'in.yaml'), `${CHAINLOOP}  policyGroups: [{ref: slsa, until: later}]\n`);
  const refused = await proviso(['import', 'in.yaml']);
  assert.is(refused.code, 1);
  assert.is(refused.out, '');
  assert.match(
    refused.err,
    /LOST release: spec.policyGroups\[0\].until: [\s\S]*1 of what in.yaml says[\s\S]*--allow-loss/,
  );
  const allowed = await proviso(['import', 'in.yaml', '--allow-loss']);
  assert.is(allowed.code, 0);
  assert.match(allowed.out, /kind: Contract/);
  await writeFile(join(cwd, 'two.yaml'), `${CHAINLOOP}---\n${CHAINLOOP}`);
  assert.match((await proviso(['import', 'two.yaml'])).err, /two of Contract 'release'/);
});

test.run();
