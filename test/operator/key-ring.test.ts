import { createPrivateKey } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fingerprintOfPrivate,
  type KeyRing,
  signingKey,
  withNextKey,
  withNextSigning,
} from '../../src/operator/key-ring.ts';
import { countsAt } from '../../src/verify/keys.ts';
import { some } from '../support/some.ts';

const test = suite('key ring');
const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const at = (days: number): Date => new Date(START + days * DAY);
const EMPTY: KeyRing = { verifierId: 'https://proviso.dev/cluster/c', keys: [] };

/** What an hourly look makes of a ring. */
const look = (ring: KeyRing, now: Date): KeyRing => withNextSigning(withNextKey(ring, now), now);
const first = look(EMPTY, at(0));

test('the first key is published before it signs, and signs at once', () => {
  const announced = withNextKey(EMPTY, at(0));
  assert.is(announced.signing, undefined);
  assert.is(announced.keys.length, 1);
  const signs = withNextSigning(announced, at(0));
  assert.is(signs.next, undefined);
  assert.is(signingKey(signs)?.fingerprint, announced.keys[0]?.fingerprint);
  assert.is(createPrivateKey(some(first.signing)).asymmetricKeyDetails?.namedCurve, 'prime256v1');
});

test('nothing changes before two thirds of a year', () => {
  assert.is(look(first, at(243)), first);
});

test('the next key is published for a week, then signs; the replaced one counts an hour longer and is gone', () => {
  const announced = look(first, at(244));
  assert.is(announced.signing, first.signing);
  assert.is(announced.keys.length, 2);
  assert.is(look(announced, at(250.9)), announced);
  const replaced = look(announced, at(251.1));
  assert.is(replaced.signing, announced.next);
  assert.is(replaced.next, undefined);
  assert.not.ok(JSON.stringify(replaced).includes(some(first.signing).slice(40, 100)));
  const [old, current] = replaced.keys;
  assert.ok(countsAt(some(old), at(251.1)) && countsAt(some(current), at(251.1)), 'they overlap');
  assert.not.ok(countsAt(some(old), at(251.2)));
  assert.ok(countsAt(some(old), at(100)), 'what it signed still verifies');
  assert.not.ok(countsAt(some(current), at(250.9)));
  assert.is(current?.validUntil, undefined);
});

test('many years later every key is still there, and one at a time signs', () => {
  let ring = EMPTY;
  for (let day = 0; day < 3650; day += 1) {
    ring = look(ring, at(day));
    assert.ok(countsAt(some(signingKey(ring)), at(day)), `day ${day}`);
    assert.is(ring.keys.filter(({ validUntil }) => validUntil === undefined).length, ring.next === undefined ? 1 : 2);
  }
  assert.is(ring.keys.length, 15);
});

test('a signing key that got lost is replaced at once, also while the next one is announced', () => {
  const { signing: _, ...lost } = look(first, at(244));
  const mended = look(lost, at(244));
  assert.is(mended.signing, lost.next);
  assert.ok(countsAt(some(signingKey(mended)), at(244)));
  const { signing: __, ...bare } = first;
  const another = look(bare, at(10));
  assert.is.not(fingerprintOfPrivate(some(another.signing)), fingerprintOfPrivate(some(first.signing)));
  assert.is(another.keys.length, 2);
  assert.ok(another.keys[0]?.validUntil !== undefined);
});

test.run();
