// deadline: 240
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { createPool, type Pool, type PoolOptions } from '../../../src/queue/threads/pool.ts';
import { codeOf } from '../../support/outcome.ts';

const test = suite('pool of threads');
const FILE = new URL('./misbehaving.ts', import.meta.url);
const errors: unknown[] = [];
const pools: Pool[] = [];

function pool(options: Partial<PoolOptions> = {}): Pool {
  const made = createPool({
    file: FILE,
    places: 1,
    line: 16,
    patienceMs: 60_000,
    deadlineMs: 60_000,
    heapMegabytes: 64,
    exceeded: (limit) => new Problem('check-exceeded', limit),
    onError: (error) => errors.push(error),
    ...options,
  });
  pools.push(made);
  return made;
}

const MINE = { identity: 'a' };

test.after(async () => {
  await Promise.all(pools.map((each) => each.close()));
});

test('a task runs in a thread of its own, and its answer comes back', async () => {
  const threads = pool();
  assert.equal(await threads.run('echo', { text: 'a', when: new Date(0) }, MINE), { text: 'a', when: new Date(0) });
  assert.ok((await threads.run<number>('thread', undefined, MINE)) > 0);
});

test('bytes are given away, not copied', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert.is(await pool().run('sum', [bytes.buffer], { ...MINE, transfer: [bytes.buffer] }), 6);
  assert.is(bytes.length, 0);
});

test('the loop keeps turning while a task takes a second of a processor', async () => {
  const threads = pool();
  await threads.run('echo', 1, MINE);
  const order: string[] = [];
  const long = threads.run('compute', 1000, MINE).then(() => order.push('answer'));
  let turns = 0;
  while (order.length === 0) {
    await new Promise(setImmediate);
    turns += 1;
  }
  await long;
  // In the loop itself it would have been one.
  assert.ok(turns > 100, `${turns} turns`);
});

test('attack: a task without an end is ended, refused, and its thread replaced', async () => {
  const threads = pool({ deadlineMs: 5_000 });
  const first = await threads.run('thread', undefined, MINE);
  assert.is(await codeOf(threads.run('hang', undefined, MINE)), 'check-exceeded');
  const second = await threads.run('thread', undefined, MINE);
  assert.is.not(first, second);
});

test('the time in the line is not the time of the task', async () => {
  const threads = pool({ deadlineMs: 5_000 });
  await threads.run('echo', 1, MINE);
  const waits = Array.from({ length: 3 }, () => codeOf(threads.run('hang', undefined, MINE)));
  const last = threads.run('echo', 'still asked', MINE);
  assert.equal(await Promise.all(waits), ['check-exceeded', 'check-exceeded', 'check-exceeded']);
  assert.is(await last, 'still asked');
});

test('the time of a thread to come up is not the time of the task, if the task says when it begins', async () => {
  const threads = pool({ deadlineMs: 1_000 });
  const begun = Promise.withResolvers<void>();
  const outcome = codeOf(threads.run('hang', undefined, { ...MINE, begun: begun.promise }));
  await delay(2_000);
  assert.is(await Promise.race([outcome, 'runs']), 'runs');
  const from = performance.now();
  begun.resolve();
  assert.is(await outcome, 'check-exceeded');
  assert.ok(performance.now() - from >= 950);
});

test('attack: a task that eats memory takes its thread along and nothing else', async () => {
  const threads = pool();
  assert.is(await codeOf(threads.run('eat', undefined, MINE)), 'check-exceeded');
  assert.is(await threads.run('echo', 'alive', MINE), 'alive');
});

test('a thread that dies and a task that throws are errors and never answers', async () => {
  const threads = pool();
  assert.match(await codeOf(threads.run('exit', undefined, MINE)), /^threw /);
  assert.match(await codeOf(threads.run('fail', undefined, MINE)), /a fault of the task/);
  assert.match(await codeOf(threads.run('absent', undefined, MINE)), /^threw /);
  assert.is(await threads.run('echo', 'alive', MINE), 'alive');
});

test('a file that can not be loaded is an error of whoever asks', async () => {
  const threads = pool({ file: new URL('./nothing.ts', import.meta.url) });
  assert.match(await codeOf(threads.run('echo', 1, MINE)), /nothing\.ts/);
  assert.match(String(errors.at(-1)), /nothing\.ts/);
});

test('at the end what runs and what waits is refused', async () => {
  const threads = pool();
  await threads.run('echo', 1, MINE);
  const outcomes = ['hang', 'hang', 'hang'].map((name) => codeOf(threads.run(name, undefined, MINE)));
  await threads.close();
  assert.equal(await Promise.all(outcomes), ['shutting-down', 'shutting-down', 'shutting-down']);
  assert.is(await codeOf(threads.run('echo', 1, MINE)), 'shutting-down');
});

test('what nobody waits for any more is not begun', async () => {
  const threads = pool({ deadlineMs: 5_000 });
  const running = codeOf(threads.run('hang', undefined, MINE));
  let isWanted = true;
  const left = codeOf(threads.run('hang', undefined, { ...MINE, isWanted: () => isWanted }));
  const stays = threads.run('echo', 'next', MINE);
  isWanted = false;
  assert.is(await running, 'check-exceeded');
  assert.is(await left, 'body-incomplete');
  assert.is(await stays, 'next');
});

test.run();
