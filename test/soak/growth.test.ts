import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { growths, isLeak, type Sample } from './growth.ts';

const test = suite('growth');
const ALLOWED = [
  { of: 'MB', share: 0.1, plus: 5 },
  { of: 'files', share: 0, plus: 2 },
];
const leaksOf = (samples: readonly Sample[]): readonly string[] =>
  growths(samples, ALLOWED)
    .filter(isLeak)
    .map(({ figure }) => figure);
const over = (count: number, value: (at: number) => number): readonly Sample[] =>
  Array.from({ length: count }, (_, at) => ({ 'a: MB': value(at), 'a: files': 10 }));

test('what grows all the time is a leak, however slowly, and noise is none', () => {
  assert.equal(leaksOf(over(30, (at) => 100 + at)), ['a: MB']);
  assert.equal(leaksOf(over(30, (at) => 100 + ((at * 7919) % 13))), []);
  assert.equal(leaksOf(over(30, (at) => (at === 29 ? 900 : 100))), [], 'one busy moment');
  assert.equal(leaksOf(over(30, (at) => 100 + Math.min(at, 4))), [], 'a cache that is full');
});

test('a few files more are a leak where memory may breathe', () => {
  const samples = over(9, () => 100).map((sample, at) => ({ ...sample, 'a: files': 10 + at }));
  assert.equal(leaksOf(samples), ['a: files']);
});

test('a figure that is gone, or that nobody set a limit for, does not pass', () => {
  const samples = over(9, (at) => (at > 5 ? Number.NaN : 100));
  assert.equal(leaksOf(samples), ['a: MB']);
  assert.throws(() => growths([{ b: 1 }, { b: 1 }, { b: 1 }], ALLOWED), /nothing says how much 'b' may grow/);
  assert.throws(() => growths([{ 'a: MB': 1 }], ALLOWED), /say nothing/);
});

test.run();
