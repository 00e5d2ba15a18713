import { TrustedRoot } from '@sigstore/protobuf-specs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { countAuthorities, expiryOf, type Thresholds, thresholdProblem } from '../../src/operator/trustroot-facts.ts';
import { readsConfigMap, tufSourceDigest } from '../../src/operator/trustroot-source.ts';
import { readTrustedRoot } from '../../src/verify/trusted-root.ts';
import { type EditableRoot, editedRoot, PUBLIC_GOOD } from '../support/trusted-root.ts';

const test = suite('trust root facts');
const read = (json: string): TrustedRoot => TrustedRoot.fromJSON(JSON.parse(json));
const found = countAuthorities(read(PUBLIC_GOOD));

const SOON = '2031-01-01T00:00:00.000Z';
const LATER = '2032-01-01T00:00:00.000Z';

/** When the public root expires and why, after an edit. */
function expires(edit: (root: EditableRoot) => void, thresholds: Thresholds = {}): string {
  const expiry = expiryOf(read(editedRoot(edit)), thresholds);
  return expiry === undefined ? 'never' : `${expiry.what} ${expiry.at.toISOString()}`;
}

const endAll = (logs: EditableRoot['tlogs'], end: string): void => {
  for (const { publicKey } of logs) publicKey.validFor.end = end;
};

test('the public root is read whole', () => {
  const reading = readTrustedRoot(PUBLIC_GOOD);
  assert.is(reading.ok, true);
  assert.ok(found.certificateAuthorities > 0 && found.tlogs > 0 && found.ctlogs > 0 && found.timestampAuthorities > 0);
});

test('a class ends with the last of its authorities, a root with the first of its classes', () => {
  // The chain of the authority itself ends then, although the root gives no end.
  const whole = expires(() => {});
  assert.match(whole, /^(certificateAuthorities|timestampAuthorities) 20\d\d-/);
  assert.is(
    expires(({ tlogs }) => endAll(tlogs, SOON)),
    `tlogs ${SOON}`,
  );
  assert.is(
    expires(({ tlogs, ctlogs }) => {
      endAll(tlogs, LATER);
      endAll(ctlogs, SOON);
    }),
    `ctlogs ${SOON}`,
  );
  assert.is(
    expires(({ tlogs: [first] }) => endAll(first === undefined ? [] : [first], SOON)),
    found.tlogs > 1 ? whole : `tlogs ${SOON}`,
  );
  assert.is(
    expires(({ certificateAuthorities }) => {
      for (const authority of certificateAuthorities) authority.validFor = { end: SOON };
    }),
    `certificateAuthorities ${SOON}`,
  );
});

test('a class that nothing is asked of may end', () => {
  const edit = ({ tlogs, ctlogs }: EditableRoot): void => {
    endAll(tlogs, SOON);
    endAll(ctlogs, SOON);
  };
  assert.is(expires(edit, { ctEntries: 0, logEntries: 0 }), `tlogs ${SOON}`);
  assert.not.match(expires(edit, { ctEntries: 0, logEntries: 0, timestamps: 0 }), /logs/);
});

test('thresholds that no signature could reach', () => {
  assert.is(thresholdProblem({}, found), undefined);
  assert.is(thresholdProblem({ logEntries: 0, timestamps: 0, ctEntries: 0 }, found), undefined);
  const none = { certificateAuthorities: 1, timestampAuthorities: 0, tlogs: 1, ctlogs: 0 };
  assert.is(
    thresholdProblem({ logEntries: 2 }, none),
    'spec.thresholds.logEntries is 2, but the root has 1 tlogs, so no signature could pass; lower it',
  );
  assert.match(thresholdProblem({ timestamps: 2 }, none) ?? '', /timestamps is 2, but the root has 1 tlogs and/);
  assert.is(thresholdProblem({ timestamps: 1 }, none), undefined);
  assert.match(thresholdProblem({ ctEntries: 1 }, none) ?? '', /ctEntries is 1, but the root has 0 ctlogs/);
});

test('which ConfigMaps a trust root depends on', () => {
  const ref = { name: 'x', key: 'k' };
  const root = (sigstore: TrustRoot['spec']['sigstore']): TrustRoot => ({
    metadata: { name: 'r' },
    spec: { sigstore },
  });
  assert.is(readsConfigMap(root({ inline: '{}' }), 'x'), false);
  assert.is(readsConfigMap(root({ inline: '{}' }), 'proviso-trust-root-r'), true);
  assert.is(readsConfigMap(root({ configMapRef: ref }), 'x'), true);
  assert.is(readsConfigMap(root({ tuf: { mirror: 'https://m', root: { configMapRef: ref } } }), 'x'), true);
});

test('another mirror, root or target is another source, another way to the same mirror is not', () => {
  const tuf = { mirror: 'https://m', root: { inline: 'r' } };
  const same = tufSourceDigest(tuf, 'r');
  assert.is(tufSourceDigest({ ...tuf, ca: 'pem', refreshInterval: '1h', target: 'trusted_root.json' }, 'r'), same);
  assert.is.not(tufSourceDigest({ ...tuf, mirror: 'https://n' }, 'r'), same);
  assert.is.not(tufSourceDigest({ ...tuf, target: 'other.json' }, 'r'), same);
  assert.is.not(tufSourceDigest(tuf, 's'), same);
});

test.run();
