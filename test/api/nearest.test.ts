import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { editDistance, nearest } from '../../src/api/nearest.ts';

const test = suite('nearest');

test('counts insertions, deletions, substitutions and swaps', () => {
  const cases = [
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['materails', 'materials', 1],
    ['kitten', 'sitting', 3],
    ['signer', 'signers', 1],
  ] as const;
  for (const [from, to, distance] of cases) assert.is(editDistance(from, to), distance, `${from} ${to}`);
});

test('is a distance: symmetric, and zero only for the same word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      assert.is(distance, editDistance(b, a));
      assert.is(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('suggests what is close or begun, and nothing else', () => {
  const fields = ['materials', 'signers', 'deadline', 'runner'];
  assert.is(nearest('Materails', fields), 'materials');
  assert.is(nearest('signer', fields), 'signers');
  assert.is(nearest('mat', fields), 'materials');
  assert.is(nearest('ma', fields), undefined);
  assert.is(nearest('policies', fields), undefined);
  assert.is(nearest('SBOM', ['SBOM_SPDX_JSON', 'SBOM_CYCLONEDX_JSON']), undefined);
});

test.run();
