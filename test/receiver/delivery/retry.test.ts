import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { afterFailure, type FailedTry, PERSISTENCE } from '../../../src/receiver/delivery/retry.ts';

const test = suite('tries of a delivery');
const NOW = new Date('2026-11-28T12:00:00Z');
const HOUR = 3_600_000;
const failed: FailedTry = { error: 'HTTP 503', isFinal: false };
const waitAfter = (attempts: number, random: number, failure: FailedTry = failed): number => {
  const settlement = afterFailure(failure, attempts, PERSISTENCE, NOW, random);
  return settlement.state === 'pending' ? settlement.due.getTime() - NOW.getTime() : Number.NaN;
};

test('waits get longer up to an hour, with half of each left to chance', () => {
  const longest = Array.from({ length: 14 }, (_, attempts) => waitAfter(attempts, 1) / 1000);
  assert.equal(longest.slice(0, 4), [1, 2, 4, 8]);
  assert.equal(longest.slice(-3), [2048, 3600, 3600]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 33 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const wait = waitAfter(attempts, random);
      return wait >= waitAfter(attempts, 1) / 2 && wait <= HOUR;
    }),
  );
});

test('all tries together take about a day, and then it is given up', () => {
  const all = Array.from({ length: PERSISTENCE.tries - 1 }, (_, attempts) => waitAfter(attempts, 0.5));
  const hours = all.reduce((sum, wait) => sum + wait, 0) / HOUR;
  assert.ok(hours > 15 && hours < 30, `${hours} hours`);
  assert.equal(afterFailure(failed, PERSISTENCE.tries - 1, PERSISTENCE, NOW, 0), { state: 'dead', error: 'HTTP 503' });
});

test('what an endpoint asks for is waited, but not for ever', () => {
  assert.is(waitAfter(0, 0, { ...failed, retryAfterMs: 90_000 }), 90_000);
  assert.is(waitAfter(13, 1, { ...failed, retryAfterMs: 1 }), HOUR);
  assert.is(waitAfter(0, 0, { ...failed, retryAfterMs: 1e15 }), 24 * HOUR);
});

test('what would be refused again is given up at once', () => {
  assert.is(afterFailure({ ...failed, isFinal: true }, 0, PERSISTENCE, NOW, 0).state, 'dead');
});

test.run();
