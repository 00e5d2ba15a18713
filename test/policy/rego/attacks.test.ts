// deadline: 180
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoveringEngine } from '../../../src/policy/coverage.ts';
import type { PolicyOutcome } from '../../../src/policy/evaluation.ts';
import { LEFT_OUT } from '../../../src/policy/rego/builtins.ts';
import { ENDLESS, NO_GPL, queryOf, regoEngine, sbomOf } from './engine.ts';

const test = suite('rego attacks');
const TIMEOUT_MS = 3000;
let engine: CoveringEngine;
let folder: string;

test.before(async () => {
  engine = await regoEngine({ timeoutMs: TIMEOUT_MS, memoryBytes: 300 * 2 ** 20 });
  folder = await mkdtemp(join(tmpdir(), 'proviso-attacks-'));
});
test.after(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const HEAD = 'package main\nimport rego.v1\n';
const judge = (source: string, input: unknown = {}): Promise<PolicyOutcome> =>
  engine.evaluate('a policy', source, queryOf(input));
const reasonOf = (outcome: PolicyOutcome): string =>
  outcome.kind === 'failed' ? outcome.failure.reason : outcome.kind;
const messagesOf = (outcome: PolicyOutcome): readonly string[] =>
  outcome.kind === 'evaluated' ? outcome.violations.map(({ message }) => message) : [JSON.stringify(outcome)];

/** A text of sixteen bytes, doubled so often. */
const doubled = (times: number): string =>
  [
    `${HEAD}a0 := "0123456789abcdef"`,
    ...Array.from({ length: times }, (_, index) => `a${index + 1} := concat("", [a${index}, a${index}])`),
    `violations contains "x" if count(a${times}) > 3`,
  ].join('\n');

test('an endless one is ended for its time', async () => {
  const started = performance.now();
  assert.is(reasonOf(await judge(ENDLESS)), 'Timeout');
  console.log(`# ended ${Math.round(performance.now() - started - TIMEOUT_MS)} ms after its limit, its start among it`);
});

test('one that fills the memory is ended for that', async () => {
  assert.is(reasonOf(await judge(doubled(40))), 'OutOfMemory');
  const shifted = `${HEAD}violations contains "x" if bits.lsh(1, 10000000000) > 5\n`;
  assert.is(reasonOf(await judge(shifted)), 'OutOfMemory');
});

for (const [what, source] of [
  ['a text of text', 'x := json.unmarshal(replace(sprintf("%500000d", [1]), " ", "["))'],
  [
    'a template that calls itself',
    'x := strings.render_template(`{{define "T"}}{{template "T"}}{{end}}{{template "T"}}`, {})',
  ],
  ['a regular expression of parentheses', 'x := regex.match(replace(sprintf("%900000d", [1]), " ", "("), "x")'],
  ['all addresses', 'x := net.cidr_expand("::/0")'],
  ['a number of a billion bits', 'x := format_int(bits.lsh(1, 1000000000) * bits.lsh(1, 1000000000), 10)'],
  ['a source of brackets', `x := ${'['.repeat(200_000)}`],
  ['a source of calls', `x := ${'count('.repeat(50_000)}`],
  [
    'values that double',
    ['a0 := {"a": input}', ...doublings((l, r) => `{"l": ${l}, "r": ${r}}`), 'x := json.marshal(a60)'].join('\n'),
  ],
] as const) {
  test(`${what} fails, and the next policy is judged`, async () => {
    const outcome = await judge(`${HEAD}violations contains x\n${source}\n`);
    assert.is(outcome.kind, 'failed', JSON.stringify(outcome).slice(0, 200));
    assert.is((await judge(NO_GPL, sbomOf(1))).kind, 'evaluated');
  });
}

function doublings(pair: (left: string, right: string) => string): readonly string[] {
  return Array.from({ length: 60 }, (_, index) => `a${index + 1} := ${pair(`a${index}`, `a${index}`)}`);
}

for (const call of [
  'http.send({"method": "GET", "url": "http://127.0.0.1/"})',
  'net.lookup_ip_addr("localhost")',
  'opa.runtime()',
  'rego.parse_module("a.rego", "package a")',
  'trace("a")',
  'json.match_schema({}, {"$ref": "file:///etc/hostname"})',
  'json.verify_schema({"$ref": "file:///etc/hostname"})',
  'providers.aws.sign_req({}, {}, 1)',
  'rand.intn("a", 2)',
  'uuid.rfc4122("a")',
]) {
  test(`there is no ${call}`, async () => {
    const source = `${HEAD}violations contains "x" if ${call}\n`;
    const name = call.slice(0, call.indexOf('('));
    const message = `undefined function ${name}: policies don't get it, since ${LEFT_OUT.get(name)}`;
    assert.equal(await engine.check(source), [{ line: 3, column: 28, message }]);
    assert.is(reasonOf(await judge(source)), 'Error');
    const renamed = `${HEAD}violations contains "x" if count("a") with count as ${name}\n`;
    assert.is(reasonOf(await judge(renamed)), 'Error');
  });
}

for (const [what, source, finding] of [
  ['package with a long name', `package main["${'a'.repeat(200_000)}"]\n`, 'the name of the package is too long'],
  [
    'source of many rules',
    HEAD + manyRules(30_000),
    'the source is too large to be looked at; make several policies of it',
  ],
] as const) {
  test(`a ${what} is refused`, async () => {
    // Not the time is to stand in the way.
    const patient = await regoEngine({ timeoutMs: 60_000 });
    assert.equal(await patient.check(source), [{ message: finding }]);
    assert.is(reasonOf(await patient.evaluate('attack', source, queryOf({}))), 'Error');
    await patient.close();
  });
}

function manyRules(count: number): string {
  return Array.from({ length: count }, (_, index) => `r${index} := ${index}\n`).join('');
}

test('a schema of another host or of a file is asked for by nobody', async () => {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked += 1;
    answer.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // Who opens it for reading waits until somebody writes.
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const url of [`http://127.0.0.1:${port}/`, `file://${pipe}`]) {
    for (const source of annotated(url)) {
      assert.match((await engine.check(source))[0]?.message ?? '', /METADATA with `schemas` is not taken/);
      // Who opened it would wait until his time is over.
      assert.is(reasonOf(await judge(source)), 'Error');
    }
  }
  server.close();
  assert.is(asked, 0);
});

/** A module with a schema for each thing that can have one. */
const annotated = (url: string): readonly string[] => {
  const schema = (scope: string): string =>
    `# METADATA\n# scope: ${scope}\n# schemas:\n#   - input: {"$ref": "${url}"}\n`;
  const rule = 'violations contains "x" if input.a == 1\n';
  return [
    ...['package', 'subpackages'].map((scope) => `${schema(scope)}${HEAD}${rule}`),
    ...['rule', 'document'].map((scope) => `${HEAD}${schema(scope)}${rule}`),
    `package main\n# of old\n${schema('rule')}violations[m] { input.a == 1; m := "x" }\n`,
  ];
};

test('two of one package, at once and many times, never see the rules or the data of each other', async () => {
  const mine = `${HEAD}secret := "mine"\nhelper := 1\nviolations contains secret\n`;
  const other = `${HEAD}violations contains sprintf("sees %v", [data.main.secret])\nviolations contains "alone"\n`;
  const elsewhere =
    'package other\nimport rego.v1\nviolations contains data.main.secret\nviolations contains "nothing"\n';
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, index) => judge([mine, other, elsewhere][index % 3] ?? '')),
  );
  // What a package doesn't have is no function or rule that a compiler knows, or has no value.
  for (const [index, outcome] of outcomes.entries()) {
    const expected = [['mine'], ['alone'], ['nothing']][index % 3];
    assert.equal(messagesOf(outcome), expected);
  }
});

test('nor can one look at all that there is, or take the place of what the engine adds', async () => {
  assert.is(reasonOf(await judge(`${HEAD}violations contains json.marshal(data)\n`)), 'Error');
  const added =
    'package proviso["built-in functions"]\nimport rego.v1\nvulnerability(a, b, c, d) := {"message": "mine"}\n';
  const outcome = await judge(`${added}violations contains chainloop.vulnerability("m", "i", "p", "s")\n`);
  assert.is(outcome.kind, 'failed');
});

test('of ten thousand violations a thousand are kept, first those that count', async () => {
  const suppressed = '{"message": sprintf("%d", [i]), "suppress": true} | some i in numbers.range(1, 10000)';
  const source = `${HEAD}violations := array.concat([${suppressed}], ["counts"])\n`;
  const outcome = await judge(source);
  assert.is(outcome.kind, 'evaluated');
  if (outcome.kind !== 'evaluated') return;
  assert.is(outcome.violations.length, 1000);
  assert.is(outcome.violations[0]?.message, 'counts');
  assert.is(outcome.omitted, undefined, 'what is suppressed is no matter of a count');
  const all = await judge(`${HEAD}violations := [sprintf("%d", [i]) | some i in numbers.range(1, 10000)]\n`);
  assert.equal(all.kind === 'evaluated' && [all.violations.length, all.omitted], [1000, 9000]);
});

test('a result without end is not waited for', async () => {
  const outcome = await judge(`${HEAD}violations := [sprintf("%20000d", [i]) | some i in numbers.range(1, 1000)]\n`);
  assert.equal(outcome, {
    kind: 'failed',
    failure: { reason: 'InvalidResult', message: 'the result is larger than 8 MiB' },
  });
});

test('while one runs away twenty others are judged', async () => {
  const document = sbomOf(500);
  await Promise.all([judge(NO_GPL, document), engine.check(ENDLESS)]);
  const runaway = judge(ENDLESS);
  const others = await Promise.all(Array.from({ length: 20 }, () => judge(NO_GPL, document)));
  for (const outcome of others) assert.is(messagesOf(outcome).length, 10);
  assert.is(reasonOf(await runaway), 'Timeout');
});

test('nothing is left of an evaluation', async () => {
  const named = async (): Promise<readonly string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('proviso-rego-'));
  const before = await named();
  const own = await regoEngine();
  await own.evaluate('a policy', NO_GPL, queryOf(sbomOf(1)));
  const mine = (await named()).filter((name) => !before.includes(name));
  assert.is(mine.length, 1);
  assert.is((await stat(join(tmpdir(), mine[0] ?? ''))).mode & 0o777, 0o700);
  assert.equal((await readdir(join(tmpdir(), mine[0] ?? ''))).sort(), ['capabilities.json', 'functions.rego']);
  await own.close();
  assert.equal(
    (await named()).filter((name) => mine.includes(name)),
    [],
  );
});

test('fifty megabytes are judged within the memory that there is', async () => {
  const large = await regoEngine({ timeoutMs: 60_000 });
  const started = performance.now();
  const outcome = await large.evaluate('a policy', NO_GPL, queryOf(sbomOf(110_000)));
  console.log(`# 50 MB: ${reasonOf(outcome)} in ${Math.round(performance.now() - started)} ms`);
  await large.close();
  assert.is(reasonOf(outcome), 'evaluated');
});

test.run();
