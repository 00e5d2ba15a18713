import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { expectMember } from '../../src/api/sparse-members.ts';

const test = suite('objects with members named by numbers');

test('are in nothing but memory other than those that grow as they come', () => {
  const names = fc.oneof(
    fc.constantFrom('a', '__proto__', '0', '10', '499', '01', '4294967293', '4294967294', '4294967295', '9999999999'),
    fc.integer({ min: 0, max: 2000 }).map(String),
  );
  fc.assert(
    fc.property(fc.uniqueArray(names, { maxLength: 12 }), (list) => {
      const object: Record<string, unknown> = {};
      const expected: Record<string, unknown> = {};
      for (const [index, name] of list.entries()) {
        expectMember(object, name);
        object[name] = index;
        expected[name] = index;
      }
      assert.equal(Object.entries(object), Object.entries(expected));
      assert.equal(object, expected);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test.run();
