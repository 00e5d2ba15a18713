import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStore } from '../../src/kube/store.ts';
import { whileHeard } from '../../src/receiver/waivers.ts';

const test = suite('waivers of the receiver');

test('attack: what may have been taken back unseen is no exception, and is one again once it is heard of', () => {
  const object = { metadata: { name: 'w', namespace: 'shop' } };
  const store = createStore<typeof object>({ namespace: ({ metadata }) => [metadata.namespace] });
  store.put(object);
  let [now, heardAt] = [1_000_000, 1_000_000];
  const waivers = whileHeard({ store, activity: () => ({ heardAt, triedAt: now }) }, () => now);
  const found = () => [
    waivers.get(object.metadata)?.metadata.name,
    ...[waivers.list(), waivers.byIndex('namespace', 'shop')].map(({ length }) => length),
  ];
  assert.equal(found(), ['w', 1, 1]);
  now += 180_000;
  assert.equal(found(), ['w', 1, 1]);
  now += 1;
  assert.equal(found(), [undefined, 0, 0]);
  heardAt = now;
  assert.equal(found(), ['w', 1, 1]);
});

test.run();
