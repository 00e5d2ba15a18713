import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';

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

/** The processes that a process has started, by the kernel's own list. */
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

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
  'zero-tests': /the suite 'empty' ran no test/,
  'zero-tests-in-one': /the suite 'two' ran no test/,
  'missing-run': /ran no test: is run\(\) missing/,
  'missing-run-of-one': /the suite 'two' ran no test: is run\(\) missing/,
  'test-after-run': /ran 1 of 2 tests/,
  'throw-in-before': /a throw in before/,
  'throw-in-before-of-one': /the suite 'two' passed 0 of 1 tests: a throw in before/,
  'throw-in-after': /ended in the middle of the suite 'after'/,
  'left-over-only': /has an only/,
  'only-by-another-name': /the suite 'one' has an only/,
  skipped: /skipped 1 tests/,
  'open-handle': /was not done within 1 s/,
  'late-rejection': /ended with 1/,
  'exit-in-test': /ended in the middle of the suite 'two'/,
  'imitated-result': /ended with 0 before it could report/,
  killed: /ended with a signal/,
  survivor: /left a process behind/,
  'late-survivor': /was not done within 1 s/,
};

for (const [fixture, says] of Object.entries(WRONG)) {
  test(`fails for ${fixture}, which uvu lets pass or hang`, async () => {
    const { code, lines, output } = await run(`${FIXTURES}${fixture}.ts`);
    assert.is(code, 1, output);
    assert.match(lines.at(-1) ?? '', /^\d+ passed, [1-9]\d* failed$/);
    assert.match(output, says);
  });
}

test('runs a few files that failed once more, and says which of them pass then', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'proviso-runner-'));
  process.env.PROVISO_FLAKY_MARK = join(scratch, 'mark');
  const flaky = await run('--again', '2', `${FIXTURES}flaky.ts`, `${FIXTURES}good.ts`);
  const broken = await run('--again', '1', `${FIXTURES}failing.ts`);
  await rm(join(scratch, 'mark'));
  const many = await run('--again', '1', `${FIXTURES}flaky.ts`, `${FIXTURES}failing.ts`);
  delete process.env.PROVISO_FLAKY_MARK;
  await rm(scratch, { recursive: true });
  assert.is(flaky.code, 0, flaky.output);
  assert.is(flaky.lines.at(-1), '3 passed, 0 failed');
  assert.match(flaky.output, /FAIL .*flaky\.ts[\s\S]*the first time[\s\S]*FLAKY .*flaky\.ts failed at first/);
  assert.is(broken.code, 1);
  assert.is(broken.lines.at(-1), '1 passed, 1 failed');
  assert.not.match(broken.output, /FLAKY/);
  assert.is(many.lines.at(-1), '1 passed, 2 failed', 'more than chance explains are not tried again');
});

test('takes nothing that a test prints for a result', async () => {
  const { code, lines } = await run(`${FIXTURES}prose.ts`);
  assert.is(code, 0);
  assert.is(lines.at(-1), '2 passed, 0 failed');
});

const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a run that is ended by ${signal} leaves nothing running`, async () => {
    const child = spawn(process.execPath, [RUNNER, `${FIXTURES}hanging.ts`], { stdio: 'ignore' });
    const started = await eventually('the file to start its process', async () => {
      const [file] = childrenOf(child.pid ?? 0);
      const [sleeping] = file === undefined ? [] : childrenOf(file);
      return sleeping !== undefined && file !== undefined && [file, sleeping];
    });
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    await eventually('all to be gone', async () => !started.some(isAlive));
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
