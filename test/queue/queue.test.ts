import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackoff } from '../../src/queue/backoff.ts';
import type { Disposition } from '../../src/queue/disposition.ts';
import { runWorkers } from '../../src/queue/workers.ts';
import { createWorkQueue } from '../../src/queue/workqueue.ts';

const test = suite('work queue');
const soon = () => new Promise((resolve) => setImmediate(resolve));

test('a key that waits is there once', async () => {
  const queue = createWorkQueue();
  for (const key of ['a', 'b', 'a']) queue.add(key);
  assert.is(queue.depth(), 2);
  assert.equal([await queue.take(), await queue.take()], ['a', 'b']);
});

test('a key that is added while it is worked on comes once more, after done', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.add('a');
  assert.is(queue.depth(), 0);
  queue.done('a');
  assert.is(queue.depth(), 1);
  assert.is(await queue.take(), 'a');
  queue.done('a');
  assert.is(queue.depth(), 0);
});

test('a key that comes once more at once keeps no timer of the work before', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.addAfter('a', 20);
  queue.done('a');
  assert.is(await queue.take(), 'a');
  queue.done('a');
  await pause(60);
  assert.is(queue.depth(), 0);
});

test('a key that is to be apart comes soon, and the next time no sooner than that', async () => {
  const queue = createWorkQueue();
  const from = performance.now();
  for (const atLeastMs of [0, 200]) {
    queue.addAfter('a', 10, 'live', 200);
    queue.addAfter('a', 10, 'live', 200);
    queue.done((await queue.take()) ?? '');
    const ms = performance.now() - from;
    assert.ok(ms > atLeastMs, `after ${ms} ms, and not after ${atLeastMs}`);
  }
  // Only of such calls: what somebody else asks for comes when he says.
  queue.addAfter('a', 5);
  queue.addAfter('b', 50);
  assert.is(await queue.take(), 'a');
});

test('live keys pass the backlog, and a backlog key that changes becomes live', async () => {
  const queue = createWorkQueue();
  for (const key of ['a', 'b', 'c']) queue.add(key, 'backlog');
  queue.add('new');
  queue.add('c');
  assert.equal(await Promise.all([queue.take(), queue.take(), queue.take(), queue.take()]), ['new', 'c', 'a', 'b']);
});

test('of two delays the shorter counts, and an add makes it now', async () => {
  const queue = createWorkQueue();
  queue.addAfter('a', 60_000);
  queue.addAfter('a', 1);
  assert.is(await queue.take(), 'a');
  queue.done('a');
  queue.addAfter('b', 60_000);
  queue.add('b');
  assert.is(await queue.take(), 'b');
});

test('a key that comes back keeps its priority: the backlog stays behind', async () => {
  const queue = createWorkQueue();
  queue.add('old', 'backlog');
  await queue.take();
  queue.addAfter('old', 1);
  queue.done('old');
  queue.add('new');
  await queue.take();
  queue.addAfter('new', 10);
  queue.done('new');
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal([await queue.take(), await queue.take()], ['new', 'old']);
});

test('a live key that waits a moment does not fall behind the backlog when it is asked for again', async () => {
  const queue = createWorkQueue();
  queue.add('new');
  await queue.take();
  queue.addAfter('new', 60_000);
  queue.done('new');
  for (const key of ['a', 'new']) queue.add(key, 'backlog');
  assert.equal([await queue.take(), await queue.take()], ['new', 'a']);
});

test('shutting down wakes who waits, drops what waits, and waits for what is worked on', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  await queue.take();
  const waiting = queue.take();
  queue.add('b');
  assert.is(await waiting, 'b');
  const empty = queue.take();
  let isDown = false;
  const down = queue.shutDown().then(() => {
    isDown = true;
  });
  assert.is(await empty, undefined);
  queue.done('a');
  await soon();
  assert.is(isDown, false);
  queue.done('b');
  await down;
  queue.add('c');
  assert.is(await queue.take(), undefined);
});

test('property: no key runs twice at once, and no add is lost', async () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('add', 'backlog', 'take', 'done'), fc.constantFrom('a', 'b', 'c', 'd')),
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const queue = createWorkQueue();
      const running = new Set<string>();
      /** Keys whose last add has not been followed by a take yet. */
      const owed = new Set<string>();
      const take = async () => {
        if (queue.depth() === 0) return;
        const key = (await queue.take()) ?? '';
        assert.is(running.has(key), false);
        running.add(key);
        owed.delete(key);
      };
      for (const [step, key] of sequence) {
        if (step === 'take') await take();
        else if (step === 'done') {
          if (running.delete(key)) queue.done(key);
        } else {
          queue.add(key, step === 'add' ? 'live' : 'backlog');
          owed.add(key);
        }
      }
      for (const key of running) queue.done(key);
      running.clear();
      while (queue.depth() > 0) {
        await take();
        for (const key of running) queue.done(key);
        running.clear();
      }
      assert.equal([...owed], []);
    }),
    { seed: 20261124, numRuns: 300 },
  );
});

test('back-off doubles up to fifteen minutes and forgets', () => {
  let clock = 0;
  const backoff = createBackoff({ random: () => 0.5, now: () => clock });
  assert.equal([backoff.next('a'), backoff.next('a'), backoff.next('a'), backoff.next('b')], [500, 1000, 2000, 500]);
  for (let count = 0; count < 40; count++) backoff.next('a');
  assert.is(backoff.next('a'), 15 * 60_000);
  clock = 60_000;
  backoff.forget('a');
  assert.is(backoff.next('a'), 500);
});

test('when everything fails at once, all keys together are tried again ten times a second', () => {
  let clock = 0;
  const backoff = createBackoff({ random: () => 0.5, now: () => clock });
  const waits = Array.from({ length: 300 }, (_, index) => backoff.next(`key-${index}`));
  assert.equal([waits[0], waits[99], waits[150], waits[299]], [500, 500, 5_100, 20_000]);
  clock = 60_000;
  assert.is(backoff.next('later'), 500);
});

const judge = (error: unknown): Disposition => {
  const { message } = error as Error;
  const known: Readonly<Record<string, Disposition>> = {
    hopeless: { kind: 'permanent' },
    deleted: { kind: 'wait' },
    raced: { kind: 'conflict' },
  };
  return known[message] ?? { kind: 'retry' };
};

test('workers retry what fails, rest where that is of no use, and count each as what it is', async () => {
  const queue = createWorkQueue();
  const runs: Record<string, number> = {};
  const outcomes: string[] = [];
  const work = runWorkers({
    queue,
    workers: 2,
    timeoutMs: 10_000,
    judge,
    random: () => 0,
    observer: {
      started: () => {},
      retried: () => {},
      ended: (key, outcome) => void outcomes.push(`${key} ${outcome}`),
    },
    reconcile: async (key) => {
      runs[key] = (runs[key] ?? 0) + 1;
      if (key === 'again' && runs[key] === 1) return { requeueAfterMs: 1 };
      if (runs[key] === 1) throw new Error(key);
      return {};
    },
  });
  for (const key of ['flaky', 'hopeless', 'deleted', 'raced', 'again']) queue.add(key);
  await new Promise((resolve) => setTimeout(resolve, 900));
  await queue.shutDown();
  await work;
  assert.equal(runs, { flaky: 2, hopeless: 1, deleted: 1, raced: 2, again: 2 });
  const first = ['flaky error', 'hopeless terminal', 'deleted success', 'raced requeue', 'again requeue_after'];
  for (const outcome of first) assert.ok(outcomes.includes(outcome), outcome);
});

test('what takes too long is told so, frees its worker, and does not run twice at once', async () => {
  const queue = createWorkQueue();
  const release = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const signals: boolean[] = [];
  const done: string[] = [];
  const work = runWorkers({
    queue,
    workers: 1,
    timeoutMs: 20,
    judge,
    reconcile: async (key, signal) => {
      if (key === 'other') {
        done.push(key);
        return {};
      }
      running += 1;
      most = Math.max(most, running);
      await release.promise;
      running -= 1;
      signals.push(signal.aborted);
      return {};
    },
  });
  queue.add('stuck');
  await new Promise((resolve) => setTimeout(resolve, 50));
  queue.add('stuck');
  queue.add('other');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal([done, running, most], [['other'], 1, 1]);
  release.resolve();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await queue.shutDown();
  await work;
  assert.equal([most, signals[0]], [1, true]);
});

test('a queue says for how long nobody has taken what waits', async () => {
  const queue = createWorkQueue();
  assert.is(queue.stalledMs(), 0);
  queue.add('a');
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.ok(queue.stalledMs() >= 25);
  await queue.take();
  assert.is(queue.stalledMs(), 0);
});

test.run();
