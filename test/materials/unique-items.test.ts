import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileSchema } from '../../src/materials/schema.ts';
import { workOf } from './work.ts';

const test = suite('lists whose entries must differ');
const SCHEMA = { type: 'array', uniqueItems: true };

const isEqual = (a: unknown, b: unknown): boolean => {
  try {
    assert.equal(a, b);
    return true;
  } catch {
    return false;
  }
};

test('says the same as comparing each with each', () => {
  const check = compileSchema(SCHEMA, [], { isStrict: true });
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 0, 1, '', '1', '\ud800'),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { maxKeys: 2 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(value, { maxLength: 6 }), (made) => {
      const list = JSON.parse(JSON.stringify(made)) as readonly unknown[];
      const differ = list.every((a, index) => list.slice(index + 1).every((b) => !isEqual(a, b)));
      assert.is(check(list), differ, JSON.stringify(list));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test('with work that grows with the list and not with its square', () => {
  const check = compileSchema(SCHEMA, [], { isStrict: true });
  const list = (length: number) => Array.from({ length }, (_, index) => ({ index, text: 'x'.repeat(20) }));
  const [few = 0, more = 0, most = 0] = [1000, 2000, 4000].map((length) => workOf(check, list(length)));
  assert.ok(more > few);
  assert.is(most - more, 2 * (more - few));
  assert.not(check([...list(50_000), { text: 'x'.repeat(20), index: 7 }]));
  assert.is(check.errors?.[0]?.message, 'must not hold an entry twice, as 7 and 50000');
});

test('is left alone where real tools name things twice', () => {
  assert.ok(compileSchema(SCHEMA)([1, 1]));
});

test.run();
