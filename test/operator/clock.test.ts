import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { followClock } from '../../src/operator/clock.ts';

const HOUR_MS = 3_600_000;
const test = suite('clock');

/** A wall clock that can be set, and what was told of it. */
function followed() {
  const abort = new AbortController();
  const told: number[] = [];
  const set = { ahead: 0 };
  const clock = followClock(
    () => new Date(Date.now() + set.ahead),
    abort.signal,
    (ms) => told.push(Math.round(ms / HOUR_MS)),
  );
  return {
    told,
    set,
    clock,
    end: () => {
      abort.abort();
      return clock.stopped;
    },
  };
}

test('a clock that was set, forward or back, is told of with nobody reading it', async () => {
  const { told, set, end } = followed();
  set.ahead = HOUR_MS;
  await sleep(2_500);
  assert.equal(told, [1]);
  set.ahead = -HOUR_MS;
  await sleep(2_500);
  assert.equal(told, [1, -2]);
  await end();
});

test('what was read from a clock that is put right before the next look is told of twice', async () => {
  const { told, set, clock, end } = followed();
  set.ahead = 2 * HOUR_MS;
  assert.ok(clock.now().getTime() - Date.now() > HOUR_MS);
  clock.now();
  assert.equal(told, [2]);
  set.ahead = 0;
  clock.now();
  assert.equal(told, [2, -2]);
  await end();
});

test('small corrections are no jumps', async () => {
  const { told, set, clock, end } = followed();
  set.ahead = 1_000;
  clock.now();
  assert.equal(told, []);
  await end();
});

test.run();
