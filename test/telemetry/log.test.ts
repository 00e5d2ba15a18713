import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('log');

/** The lines that a script writes which has `log`, and what tells of work. */
async function linesOf(script: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const head = `
    const { createLogger } = await import('./src/telemetry/log.ts');
    const { working, noteFacts, factsOfThis } = await import('./src/telemetry/facts.ts');
    const log = createLogger('test', 'info');
    const trace = (digit) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16), sampled: true });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', head + script], {
    cwd: new URL('../..', import.meta.url).pathname,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      // A key that stands twice would be lost by the parser.
      const keys = [...line.matchAll(/"(trace_id|span_id|run|workflow|namespace|controller)":/g)].map(([, key]) => key);
      assert.is(new Set(keys).size, keys.length, line);
      return JSON.parse(line) as Readonly<Record<string, unknown>>;
    });
}

test('every line of a piece of work says of which trace and run it is, and of no other', async () => {
  const lines = await linesOf(`
    log.info('outside');
    const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
    const work = (digit) => working(trace(digit), { controller: 'c' + digit }, async () => {
      log.info('begun');
      await tick();
      noteFacts({ run: 'run-' + digit, workflow: 'build', namespace: 'shop' });
      await tick();
      log.warn({ namespace: 'shop', run: 'run-' + digit, err: new Error('no') }, 'noted');
    });
    await Promise.all([work('1'), work('2')]);
    log.info('after');`);
  const told = (msg: string) => lines.filter((line) => line.msg === msg);
  assert.equal([told('outside')[0]?.trace_id, told('after')[0]?.run], [undefined, undefined]);
  for (const digit of ['1', '2']) {
    const mine = lines.filter(({ trace_id }) => trace_id === digit.repeat(32));
    assert.equal(
      mine.map(({ msg, run, workflow, controller, span_id }) => [msg, run, workflow, controller, span_id]),
      [
        ['begun', undefined, undefined, `c${digit}`, digit.repeat(16)],
        ['noted', `run-${digit}`, 'build', `c${digit}`, digit.repeat(16)],
      ],
    );
  }
});

test('what an error holds besides its message, and what is named like a secret, is not written', async () => {
  const [line] = await linesOf(`
    const cause = Object.assign(new Error('inner'), { body: 'the-body', headers: { authorization: 'Bearer abc' } });
    log.error({ err: new Error('outer', { cause }), token: 'the-token', nested: { password: 'the-password' } }, 'failed');`);
  const text = JSON.stringify(line);
  assert.match(text, /outer[\s\S]*inner/);
  assert.not.match(text, /the-body|abc|the-token|the-password/);
});

test.run();
