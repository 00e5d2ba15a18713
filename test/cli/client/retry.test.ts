import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Attempt, retryDelay } from '../../../src/cli/client/retry.ts';

const test = suite('cli retry');
const delay = (attempt: Partial<Attempt>, random = 0, attempts = 5): number | undefined =>
  retryDelay({ count: 1, idempotent: true, ...attempt }, attempts, random);

test('what is refused for being busy is tried again, whatever it was', () => {
  for (const status of [429, 503]) {
    assert.is(delay({ status, idempotent: false }), 250);
    assert.is(delay({ status }), 250);
  }
});

test('what was judged is not tried again', () => {
  for (const status of [400, 401, 403, 404, 409, 422, 500]) assert.is(delay({ status }), undefined);
});

test('a broken connection repeats only what may have arrived twice', () => {
  assert.is(delay({ errorCode: 'ECONNRESET' }), 250);
  assert.is(delay({ errorCode: 'ECONNRESET', idempotent: false }), undefined);
  assert.is(delay({ errorCode: 'ECONNREFUSED', idempotent: false }), 250);
  assert.is(delay({ errorCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), undefined);
  assert.is(delay({}), undefined);
});

test('the wait doubles, has an end, and is spread', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((count) => delay({ count, status: 503 }, 0, 9));
  assert.equal(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
  assert.is(delay({ status: 503 }, 0.5), 375);
  assert.is(delay({ count: 5, status: 503 }), undefined);
});

test('Retry-After is obeyed, but not for ever', () => {
  assert.is(delay({ status: 503, retryAfter: '7' }), 7000);
  assert.is(delay({ status: 503, retryAfter: '0' }), 0);
  assert.is(delay({ status: 503, retryAfter: '3600' }), undefined);
  assert.is(delay({ status: 503, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' }), 250);
});

test.run();
