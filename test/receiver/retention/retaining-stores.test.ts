import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LABEL_LEGAL_HOLD } from '../../../src/api/labels.ts';
import type { EvidenceStore } from '../../../src/api/types.gen.ts';
import { retainingStores } from '../../../src/receiver/retention/expired.ts';

const test = suite('which stores say for how long something is kept');

interface Sketch {
  readonly keepFor?: string;
  /** The store that serves its name, or will. */
  readonly movedTo?: string;
  /** It is on the move still. */
  readonly isCopying?: boolean;
  readonly isHeld?: boolean;
}

const store = (name: string, { keepFor, movedTo, isCopying, isHeld }: Sketch = {}): EvidenceStore => ({
  metadata: { name, uid: `uid-${name}`, ...(isHeld ? { labels: { [LABEL_LEGAL_HOLD]: '' } } : {}) },
  spec: {
    filesystem: { path: `/${name}` },
    ...(keepFor === undefined ? {} : { retention: { keepFor } }),
    ...(movedTo === undefined ? {} : { movedTo: { name: movedTo } }),
  },
  ...(movedTo === undefined
    ? {}
    : {
        status: {
          move: { to: movedTo },
          conditions: [
            {
              type: 'Moved',
              status: isCopying ? 'False' : 'True',
              reason: isCopying ? 'Copying' : 'Copied',
              message: '',
              lastTransitionTime: '2026-11-28T00:00:00Z',
            },
          ],
        },
      }),
});
const told = (...all: EvidenceStore[]) =>
  retainingStores(all).map(({ store: { metadata }, names, held }) => [metadata.name, names, held]);

test('those with a retention', () => {
  assert.equal(told(store('a'), store('b', { keepFor: '1h' })), [['b', ['b'], undefined]]);
});

test('one that was moved is kept as the one at the end of its moves says', () => {
  const moved = [store('a', { keepFor: '1h', movedTo: 'b' }), store('b', { movedTo: 'c' })];
  assert.equal(told(...moved, store('c', { keepFor: '9h' })), [['c', ['a', 'b', 'c'], undefined]]);
  assert.equal(told(...moved, store('c')), []);
  assert.equal(told(...moved), [], 'the one that has the objects is gone');
});

test('nothing is removed from one that is on the move', () => {
  const all = [store('a', { keepFor: '1h', movedTo: 'b', isCopying: true }), store('b', { keepFor: '1h' })];
  assert.equal(told(...all), [['b', ['b'], undefined]]);
});

test('a hold of one that was moved holds where its objects are', () => {
  const all = [
    store('a', { movedTo: 'b', isHeld: true }),
    store('b', { keepFor: '1h' }),
    store('c', { keepFor: '1h' }),
  ];
  assert.equal(told(...all), [
    ['b', ['a', 'b'], 'a'],
    ['c', ['c'], undefined],
  ]);
});

test.run();
