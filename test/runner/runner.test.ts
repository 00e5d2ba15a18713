import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const RUNNER = new URL('./main.ts', import.meta.url).pathname;
const FIXTURES = new URL('./fixtures/', import.meta.url).pathname;

function run(...args: readonly string[]): Promise<{ code: number; lines: readonly string[]; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUNNER, ...args], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, lines: stdout.trim().split('\n'), output: `${stdout}${stderr}` });
    });
  });
}

const test = suite('runner');

test('counts what passed and closes with one line', async () => {
  const { code, lines } = await run(`${FIXTURES}good.ts`);
  assert.is(code, 0);
  assert.is(lines.at(-1), '2 passed, 0 failed');
});

test('fails with a failing test and shows what it said', async () => {
  const { code, lines, output } = await run(`${FIXTURES}failing.ts`);
  assert.is(code, 1);
  assert.is(lines.at(-1), '1 passed, 1 failed');
  assert.match(output, /FAIL\s+failing|Expected values to be strictly equal/);
});

const WRONG: Readonly<Record<string, RegExp>> = {
  'zero-tests': /ran no test/,
  'missing-run': /ran no test: is run\(\) missing/,
  'throw-in-before': /a throw in before/,
  'left-over-only': /has an only/,
  'open-handle': /was not done within 1 s/,
  'late-rejection': /ended with 1/,
};

for (const [fixture, says] of Object.entries(WRONG)) {
  test(`fails for ${fixture}, which uvu lets pass or hang`, async () => {
    const { code, lines, output } = await run(`${FIXTURES}${fixture}.ts`);
    assert.is(code, 1, output);
    assert.match(lines.at(-1) ?? '', /^\d+ passed, [1-9]\d* failed$/);
    assert.match(output, says);
  });
}

test('fails when there is no test file at all', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'proviso-runner-'));
  const { code, lines } = await run(empty);
  await rm(empty, { recursive: true });
  assert.is(code, 1);
  assert.is(lines.at(-1), '0 passed, 1 failed');
});

test('writes a JUnit report', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'proviso-runner-'));
  const report = join(directory, 'junit.xml');
  await run('--junit', report, `${FIXTURES}good.ts`, `${FIXTURES}failing.ts`);
  const text = await readFile(report, 'utf8');
  await rm(directory, { recursive: true });
  assert.is(text.match(/<testcase /g)?.length, 4);
  assert.is(text.match(/<failure /g)?.length, 1);
});

test.run();
