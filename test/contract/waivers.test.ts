import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../src/api/conditions.ts';
import type { Waiver, WaiverSpec } from '../../src/api/types.gen.ts';
import { type Waivable, waiverStanding, waiversFor } from '../../src/contract/waivers.ts';

const test = suite('waivers');

const UID = '3f2c1d5e-8a4b-4c6d-9e7f-0a1b2c3d4e5f';
const MADE = '2026-06-01T00:00:00Z';
const NOW = new Date('2026-06-10T00:00:00Z');
const POLICY: Waivable = { kind: 'Policy', name: 'fresh' };
const workflow = (labels: Readonly<Record<string, string>>, namespace = 'shop') => ({
  metadata: { name: 'build', namespace, labels },
});
const LEGACY = workflow({ app: 'legacy' });

const SPEC: WaiverSpec = {
  policy: { kind: 'Policy', name: 'fresh' },
  selector: { matchLabels: { app: 'legacy' } },
  owner: 'payments',
  reason: 'the vendor is late',
  expires: '2026-07-01T00:00:00Z',
  requestedBy: 'alice',
  approvedBy: 'bob',
  approvedUid: UID,
};
const ACTIVE: Condition = {
  type: 'Active',
  status: 'True',
  reason: 'Approved',
  message: 'm',
  lastTransitionTime: MADE,
  observedGeneration: 2,
};
const METADATA = { name: 'w', namespace: 'shop', uid: UID, generation: 2, creationTimestamp: MADE };

const waiver = (spec: Partial<WaiverSpec> = {}, metadata: object = {}, active: Partial<Condition> = {}): Waiver => ({
  metadata: { ...METADATA, ...metadata },
  spec: { ...SPEC, ...spec },
  status: { conditions: [{ ...ACTIVE, ...active }] },
});
const names = (waivers: readonly Waiver[], what: Waivable = POLICY, at = LEGACY, now = NOW): readonly string[] =>
  waiversFor(waivers, what, at, now).map(({ name }) => name);

test('what holds is named with who answers for it, who approved it and when it ends', () => {
  const held = { name: 'w', owner: 'payments', approvedBy: 'bob', expires: '2026-07-01T00:00:00Z' };
  assert.equal(waiversFor([waiver()], POLICY, LEGACY, NOW), [held]);
});

test('it is for one policy of one kind, or for one material, and for nothing else', () => {
  const { policy: _, ...rest } = SPEC;
  const ofMaterial: Waiver = { ...waiver(), spec: { ...rest, material: 'fresh' } };
  const ofCluster = waiver({ policy: { kind: 'ClusterPolicy', name: 'fresh' } });
  const ofDefault = waiver({ policy: { name: 'fresh' } });
  assert.equal(names([waiver(), ofDefault, ofCluster, ofMaterial]).length, 2);
  assert.equal(names([waiver(), ofMaterial], { kind: 'ClusterPolicy', name: 'fresh' }), []);
  assert.equal(names([ofCluster], { kind: 'ClusterPolicy', name: 'fresh' }), ['w']);
  assert.equal(names([waiver(), ofCluster], { material: 'fresh' }), []);
  assert.equal(names([ofMaterial], { material: 'fresh' }), ['w']);
  assert.equal(names([waiver()], { kind: 'Policy', name: 'fresher' }), []);
});

test('it is for the workflows of its own namespace that it selects', () => {
  assert.equal(names([waiver()], POLICY, workflow({ app: 'new' })), []);
  assert.equal(names([waiver()], POLICY, workflow({})), []);
  assert.equal(names([waiver()], POLICY, workflow({ app: 'legacy' }, 'other')), []);
  assert.equal(names([waiver({}, { namespace: undefined })]), []);
  const all = { matchExpressions: [{ key: 'proviso.dev/not-waived', operator: 'DoesNotExist' }] } as const;
  assert.equal(names([waiver({ selector: all })], POLICY, workflow({})), ['w']);
});

test('it ends by the clock, whatever the status still says', () => {
  const at = (time: string) => names([waiver()], POLICY, LEGACY, new Date(time));
  assert.equal(at('2026-06-30T23:59:59.999Z'), ['w']);
  assert.equal(at('2026-07-01T00:00:00Z'), []);
  assert.equal(at('2027-07-01T00:00:00Z'), []);
  assert.equal(
    names([waiver({ expires: '2026-07-01T00:00:00+02:00' })], POLICY, LEGACY, new Date('2026-06-30T22:30:00Z')),
    [],
  );
});

const ATTACKS: readonly (readonly [what: string, forged: Waiver])[] = [
  ['no approval', waiver({ approvedBy: undefined, approvedUid: undefined } as object)],
  ['an approval by its author', waiver({ approvedBy: 'alice' })],
  ['an approval of one that was made anew', waiver({}, { uid: '00000000-8a4b-4c6d-9e7f-0a1b2c3d4e5f' })],
  ['an approval of nothing', waiver({ approvedUid: undefined } as object)],
  ['an approval of nothing, and no uid either', waiver({ approvedUid: undefined } as object, { uid: undefined })],
  ['91 days', waiver({ expires: '2026-08-31T00:00:00Z' })],
  ['90 days and a moment', waiver({ expires: '2026-08-30T00:00:00.001Z' })],
  ['no time at which it was made', waiver({}, { creationTimestamp: undefined })],
  ['a time that is none', waiver({ expires: 'never' })],
  ['a status that says no', waiver({}, {}, { status: 'False', reason: 'ApprovalNotEnforced' })],
  ['a status that is not known', waiver({}, {}, { status: 'Unknown' })],
  ['a status of what was there before', waiver({}, {}, { observedGeneration: 1 })],
  ['another condition', waiver({}, {}, { type: 'Ready' })],
  ['no status', { metadata: METADATA, spec: SPEC }],
  ['its deletion under way', waiver({}, { deletionTimestamp: MADE })],
];
for (const [what, forged] of ATTACKS) {
  test(`attack: a waiver with ${what} does not hold`, () => {
    assert.equal(names([waiver()]), ['w']);
    assert.equal(names([forged]), []);
  });
}

test('of several the one that holds longest comes first', () => {
  const [a, b, c] = [
    waiver({}, { name: 'b' }),
    waiver({ expires: '2026-07-02T00:00:00Z' }, { name: 'c' }),
    waiver({}, { name: 'a' }),
  ];
  assert.equal(names([a, b, c] as readonly Waiver[]), ['c', 'a', 'b']);
});

test('90 days to the moment are not too long, and the end counts before the length', () => {
  assert.is(waiverStanding(waiver({ expires: '2026-08-30T00:00:00Z' }), NOW).state, 'approved');
  assert.is(waiverStanding(waiver({ expires: '2026-09-30T00:00:00Z' }), NOW).state, 'too-long');
  const late = new Date('2026-10-01T00:00:00Z');
  assert.is(waiverStanding(waiver({ expires: '2026-09-30T00:00:00Z' }), late).state, 'expired');
});

test.run();
