import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPieces } from '../../../src/receiver/checks/pieces.ts';

const test = suite('pieces');

test('whatever comes, and whatever was expected, is there in its order', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(chunks, fc.option(fc.nat({ max: 500 }), { nil: undefined }), (given, expected) => {
      const pieces = createPieces(expected);
      for (const chunk of given) pieces.add(chunk);
      const found = Buffer.concat(pieces.take().map((each) => new Uint8Array(each)));
      assert.ok(found.equals(Buffer.concat(given)));
    }),
  );
});

test('an expected length makes one piece, and an unknown one pieces of a megabyte', () => {
  const fill = (expected?: number) => {
    const pieces = createPieces(expected);
    for (let n = 0; n < 40; n++) pieces.add(Buffer.alloc(1 << 16));
    return pieces.take().map(({ byteLength }) => byteLength);
  };
  assert.equal(fill(40 << 16), [40 << 16]);
  assert.equal(fill(), [1 << 20, 1 << 20, 1 << 19]);
});

test('a chunk is copied: what it lies in belongs to others', () => {
  const pieces = createPieces();
  const chunk = Buffer.from('abc');
  pieces.add(chunk);
  chunk.fill(0);
  assert.is(Buffer.from(pieces.take()[0] ?? new ArrayBuffer(0)).toString(), 'abc');
});

test.run();
