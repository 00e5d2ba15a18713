import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemory } from '../../src/verify/remembered.ts';

const test = suite('memory of verification');

test('what was made is made once, until it was asked for least lately of too many', () => {
  const made: string[] = [];
  const memory = createMemory<string>(2);
  const ask = (key: string) =>
    memory(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  assert.equal(['a', 'b', 'a', 'c', 'a', 'b'].map(ask), ['A', 'B', 'A', 'C', 'A', 'B']);
  assert.equal(made, ['a', 'b', 'c', 'b']);
});

test('what throws is not remembered, and is tried again', () => {
  const memory = createMemory<string>(2);
  const failing = () =>
    memory('a', () => {
      throw new Error('no');
    });
  assert.throws(failing, 'no');
  assert.throws(failing, 'no');
  assert.is(
    memory('a', () => 'made'),
    'made',
  );
});

test.run();
