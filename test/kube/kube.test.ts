import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import { truncate } from '../../src/kube/events.ts';
import { isTakeable, mayWrite, observe } from '../../src/kube/lease-state.ts';
import { microTime } from '../../src/kube/microtime.ts';
import { createStore, keyOf, refOfKey } from '../../src/kube/store.ts';
import { type Active, INITIAL, nextState } from '../../src/kube/watch-state.ts';
import { some } from '../support/some.ts';

const test = suite('kube');
const object = (name: string, resourceVersion: string, labels: Record<string, string> = {}): KubeObject => ({
  metadata: { name, namespace: 'n', resourceVersion, labels },
});
const watching = (failures = 0): Active => ({ step: 'watching', version: '5', failures });

test('watch state: from the list to the watch, and on after a normal end', () => {
  assert.equal(nextState(INITIAL, { event: 'listed', version: '5' }, 0), watching());
  assert.equal(nextState(watching(3), { event: 'closed', version: '9', healthy: true }, 0), {
    step: 'watching',
    version: '9',
    failures: 0,
  });
});

test('watch state: a version that is gone leads to a list at once, but not in a loop', () => {
  const first = nextState(watching(), { event: 'gone' }, 0);
  assert.equal(first, { step: 'listing', failures: 1 });
  const second = nextState(first as Active, { event: 'gone' }, 1);
  assert.is(second.step, 'waiting');
});

test('watch state: failures wait longer each time, up to half a minute, and Retry-After counts', () => {
  let state: Active = INITIAL;
  const waits: number[] = [];
  for (let count = 0; count < 8; count++) {
    const next = nextState(state, { event: 'failed' }, 1);
    if (next.step !== 'waiting') throw new Error(next.step);
    waits.push(next.ms);
    state = next.next;
  }
  assert.equal(waits, [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  const asked = nextState(watching(), { event: 'failed', retryAfterSeconds: 60 }, 0);
  assert.is(asked.step === 'waiting' && asked.ms, 60_000);
  assert.is(asked.step === 'waiting' && asked.next.step, 'checking');
});

test('watch state: after a failure the server has to have come as far as the version, else all is listed', () => {
  const failed = nextState(watching(), { event: 'failed', version: '9' }, 0);
  if (failed.step !== 'waiting') throw new Error(failed.step);
  assert.equal(failed.next, { step: 'checking', version: '9', failures: 1 });
  assert.equal(nextState(failed.next, { event: 'current' }, 0), { step: 'watching', version: '9', failures: 1 });
  // The server was away: it may have been set back and have passed the version again since.
  const away = nextState({ step: 'checking', version: '9', failures: 1 }, { event: 'away' }, 0);
  assert.equal(away.step === 'waiting' && away.next, { step: 'listing', failures: 2 });
  assert.equal(nextState(watching(3), { event: 'broken', version: '9' }, 0), {
    step: 'checking',
    version: '9',
    failures: 0,
  });
  assert.is(nextState({ step: 'checking', version: '9', failures: 0 }, { event: 'gone' }, 0).step, 'listing');
  const again = nextState(failed.next, { event: 'failed' }, 0);
  assert.equal(again.step === 'waiting' && again.next, { step: 'checking', version: '9', failures: 2 });
  assert.equal(nextState({ ...INITIAL, failures: 3 }, { event: 'listed', version: '5' }, 0), watching(3));
});

test('watch state: a stream that closes at once is no hot loop', () => {
  const next = nextState(watching(), { event: 'closed', version: '5', healthy: false }, 0);
  assert.is(next.step === 'waiting' && next.ms >= 160, true);
});

test('a replacement names what vanished unseen, and leaves the unchanged alone', () => {
  const store = createStore();
  store.replace([object('a', '1'), object('b', '1')], true);
  const changes = store.replace([object('b', '1'), object('c', '2')], false);
  assert.equal(
    changes.map(({ type, object: { metadata } }) => `${type} ${metadata.name}`),
    ['deleted a', 'added c'],
  );
});

test('an event that comes late changes nothing, and a list counts whatever its versions are', () => {
  const store = createStore<KubeObject>();
  store.put(object('a', '10', { state: 'new' }));
  assert.is(store.put(object('a', '9', { state: 'old' })), undefined);
  assert.is(store.remove(object('a', '9')), undefined);
  assert.is(store.get({ namespace: 'n', name: 'a' })?.metadata.labels?.state, 'new');
  // etcd was restored: the numbers begin again, and one number may stand for another content.
  const [same] = store.replace([object('a', '10', { state: 'restored' })], false);
  assert.equal([same?.type, same?.before?.metadata.labels?.state], ['modified', 'new']);
  const [back] = store.replace([object('a', '3', { state: 'earlier' })], false);
  assert.is(back?.object.metadata.labels?.state, 'earlier');
});

test('indexes follow the objects', () => {
  const store = createStore<KubeObject>({ team: ({ metadata }) => [metadata.labels?.team ?? ''] });
  store.put(object('a', '1', { team: 'x' }));
  store.put(object('a', '2', { team: 'y' }));
  assert.equal(store.byIndex('team', 'x'), []);
  assert.is(store.byIndex('team', 'y').length, 1);
  store.remove(object('a', '2'));
  assert.equal(store.byIndex('team', 'y'), []);
  assert.throws(() => store.byIndex('nothing', 'x'), /no index/);
});

test('objects in a store are frozen and without ballast', () => {
  const store = createStore();
  const managed = {
    ...object('a', '1'),
    metadata: { ...object('a', '1').metadata, managedFields: [{}] },
  } as KubeObject;
  store.put(managed);
  const found = some(store.get({ namespace: 'n', name: 'a' }));
  assert.throws(() => Object.assign(found.metadata, { name: 'b' }));
  assert.is('managedFields' in found.metadata, false);
});

test('property: after any sequence the store holds what the last replacement and events say', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ put: name }),
    fc.record({ remove: name }),
    fc.record({ replace: fc.uniqueArray(name) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const store = createStore();
      let expected = new Set<string>();
      steps.forEach((each, version) => {
        if ('put' in each) expected.add(each.put);
        if ('put' in each) store.put(object(each.put, String(version)));
        if ('remove' in each) expected.delete(each.remove);
        if ('remove' in each) store.remove(object(each.remove, String(version)));
        if ('replace' in each) expected = new Set(each.replace);
        if ('replace' in each)
          store.replace(
            each.replace.map((key) => object(key, String(version))),
            false,
          );
      });
      assert.equal(
        store
          .list()
          .map(({ metadata }) => metadata.name)
          .sort(),
        [...expected].sort(),
      );
    }),
    { seed: 20261124 },
  );
});

test('lease: only a change that we saw moves its time, and only our clock counts', () => {
  const first = observe(undefined, '1', { holderIdentity: 'other', leaseDurationSeconds: 15 }, 0);
  assert.is(observe(first, '1', first.spec, 9000), first);
  assert.is(isTakeable(first, 'me', 15_000), false);
  assert.is(isTakeable(first, 'me', 15_001), true);
  const renewed = observe(first, '2', { ...first.spec, renewTime: '1970-01-01T00:00:00.000000Z' }, 14_000);
  assert.is(isTakeable(renewed, 'me', 20_000), false);
  assert.is(isTakeable(observe(undefined, '1', { holderIdentity: '' }, 0), 'me', 0), true);
  assert.is(isTakeable(first, 'other', 0), true);
});

test('lease: a leader that has not renewed for ten seconds may not write, though it still holds the record', () => {
  assert.equal([mayWrite(undefined, 0), mayWrite(0, 9999), mayWrite(0, 10_000)], [false, true, false]);
});

test('keys go there and back', () => {
  for (const ref of [{ name: 'a' }, { namespace: 'n', name: 'a' }]) assert.equal(refOfKey(keyOf(ref)), ref);
});

test('MicroTime has six digits', () => {
  assert.is(microTime(new Date('2026-01-02T03:04:05.678Z')), '2026-01-02T03:04:05.678000Z');
});

test('notes are cut to 1024 bytes at a character', () => {
  assert.is(truncate('short'), 'short');
  const cut = truncate('é'.repeat(2000));
  assert.ok(Buffer.byteLength(cut) <= 1024);
  assert.ok(cut.endsWith('…'));
  assert.is(cut.includes('�'), false);
});

test.run();
