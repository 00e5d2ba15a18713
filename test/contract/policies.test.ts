import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences } from '../../src/contract/difference.ts';
import { canonicalDigest, hasDigest } from '../../src/contract/digest.ts';
import type { ContractPolicy, EffectiveContract } from '../../src/contract/effective.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { mergeBaselines } from '../../src/contract/merge.ts';
import {
  type Attachment,
  attachmentsOf,
  attachPolicy,
  excessOfPolicies,
  type KnownPolicy,
} from '../../src/contract/policies.ts';
import { some } from '../support/some.ts';

const SOURCE = `sha256:${'a'.repeat(64)}`;
const known = (spec: KnownPolicy['spec']): KnownPolicy => ({ spec, digest: SOURCE, text: 'a rule' });
const FRESH = known({
  kinds: ['SARIF', 'JUNIT_XML'],
  inputs: [{ name: 'maxAge', default: '24h' }, { name: 'team', required: true }, { name: 'other' }],
});
const WHOLE = known({ attestation: true } as KnownPolicy['spec']);
const materials = [
  { name: 'scan', type: 'SARIF' },
  { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' },
] as const;

const test = suite('attached policies');

const attach = (
  attachment: Omit<Attachment, 'ref'>,
  policy = FRESH,
  judges: 'materials' | 'attestation' = 'materials',
) =>
  attachPolicy(
    { at: 'spec.policies.materials[0]', attachment: { ref: { name: 'fresh' }, ...attachment }, judges },
    'Policy',
    policy,
    materials,
  );

test('inputs are filled in, and phases are what they are by default', () => {
  assert.equal(attach({ with: { team: 'payments' } }), {
    ...{ kind: 'Policy', name: 'fresh', engine: 'CEL', source: SOURCE, types: ['SARIF', 'JUNIT_XML'] },
    ...{ phases: ['Add'], inputs: { maxAge: '24h', team: 'payments' }, gate: false, onSkip: 'Warn' },
  });
  assert.equal((attach({}, WHOLE, 'attestation') as ContractPolicy).phases, ['Push']);
});

for (const [what, attachment, policy, judges, at, message] of [
  [
    'an unknown input',
    { with: { team: 'a', age: '1h' } },
    FRESH,
    'materials',
    'with.age',
    /no such input; it has maxAge, team, other$/,
  ],
  ['a missing one', { with: {} }, FRESH, 'materials', 'with.team', /has to be given it$/],
  ['an empty one that is required', { with: { team: '' } }, FRESH, 'materials', 'with.team', /has to be given it$/],
  [
    'another place',
    { with: { team: 'a' } },
    FRESH,
    'attestation',
    'ref',
    /judges materials; attach it under spec\.policies\.materials$/,
  ],
  [
    'the other other place',
    {},
    WHOLE,
    'materials',
    'ref',
    /judges the attestation; attach it under spec\.policies\.attestation$/,
  ],
  [
    'a material that is none',
    { with: { team: 'a' }, selector: { name: 'x' } },
    FRESH,
    'materials',
    'selector.name',
    /no material 'x'$/,
  ],
  [
    'a material of another type',
    { with: { team: 'a' }, selector: { name: 'sbom' } },
    FRESH,
    'materials',
    'selector.name',
    /is SBOM_CYCLONEDX_JSON, and the Policy 'fresh' judges SARIF, JUNIT_XML$/,
  ],
  [
    'a selector over the attestation',
    { selector: { name: 'sbom' } },
    WHOLE,
    'attestation',
    'selector.name',
    /as a whole; take the selector away$/,
  ],
] as const) {
  test(`${what}: where, and what is right`, () => {
    const found = attach(attachment, policy, judges);
    assert.ok('message' in found);
    assert.is(found.at, `spec.policies.materials[0].${at}`);
    assert.match(found.message, message);
  });
}

test('a selector narrows a policy to one of its types', () => {
  const given = { with: { team: 'a' } };
  const found = attach({ ...given, selector: { type: 'SARIF' } }) as ContractPolicy;
  assert.equal([found.types, found.material], [['SARIF'], undefined]);
  const both = attach({ ...given, selector: { type: 'SARIF', name: 'scan' } }) as ContractPolicy;
  assert.equal([both.types, both.material], [['SARIF'], 'scan']);
  for (const [selector, policy, judges, message] of [
    [{ type: 'OPENVEX' }, FRESH, 'materials', /judges SARIF, JUNIT_XML, and not OPENVEX$/],
    [{ type: 'SARIF' }, WHOLE, 'attestation', /judges the attestation, and not SARIF$/],
  ] as const) {
    const refused = attach({ ...(policy === FRESH ? given : {}), selector }, policy, judges);
    assert.is('message' in refused && refused.at, 'spec.policies.materials[0].selector.type');
    assert.match('message' in refused ? refused.message : '', message);
  }
  const misnamed = attach({ ...given, selector: { type: 'JUNIT_XML', name: 'scan' } });
  assert.match(
    'message' in misnamed ? misnamed.message : '',
    /'scan' is SARIF, and the Policy 'fresh' judges JUNIT_XML$/,
  );
});

test('what differs is told for each type, where a policy is attached to several', () => {
  const of = (onSkip: 'Warn' | 'Block') =>
    contractWith(policy({ types: ['SARIF'] }), policy({ types: ['JUNIT_XML'], onSkip }));
  assert.equal(differences(of('Warn'), of('Block')), [
    { at: 'policies[fresh maxAge=24h team=payments JUNIT_XML].onSkip', before: 'Warn', after: 'Block' },
  ]);
});

test('those that are disabled are left out', () => {
  const ref = { name: 'fresh' };
  const found = attachmentsOf({ materials: [{ ref, disabled: true }, { ref }], attestation: [{ ref }] });
  assert.equal(
    found.map(({ at }) => at),
    ['spec.policies.materials[1]', 'spec.policies.attestation[0]'],
  );
});

const policy = (more: Partial<ContractPolicy> = {}): ContractPolicy => ({
  ...(attach({ with: { team: 'payments' } }) as ContractPolicy),
  ...more,
});
const contractWith = (...policies: readonly ContractPolicy[]): EffectiveContract => {
  const attached = policies.map(({ name }) => ({ ref: { name } }));
  const sources = { policySources: { [SOURCE]: 'a rule' } };
  const spec = { materials: [...materials], policies: { materials: attached } };
  const reading = effectiveContract('c', spec, [], new Map(), { policies, ...sources });
  assert.ok(reading.ok);
  return reading.contract;
};

test('attack: policies that were not resolved are no contract without them', () => {
  const reading = effectiveContract('c', { policies: { materials: [{ ref: { name: 'fresh' } }] } }, []);
  assert.equal([reading.ok, !reading.ok && reading.reason], [false, 'InvalidSpec']);
});

test('the order of policies is form, everything else is what a contract means', () => {
  const [one, other] = [policy(), policy({ name: 'other' })];
  const digest = canonicalDigest(contractWith(one, other));
  assert.is(canonicalDigest(contractWith(other, one)), digest);
  assert.not.ok(hasDigest(contractWith(one, policy({ name: 'other', gate: true })), digest));
  const altered = { ...contractWith(one, other), policySources: { [SOURCE]: 'another rule' } };
  assert.not.ok(hasDigest(altered, digest), 'a source that was put in its place');
});

test('a baseline adds its policies, the same one once', () => {
  const terms = contractWith(policy(), policy({ gate: true, kind: 'ClusterPolicy' }));
  const merging = mergeBaselines(contractWith(policy()), [{ name: 'org', revision: 1, digest: SOURCE, terms }]);
  assert.ok(merging.ok);
  assert.equal(
    merging.contract.policies?.map(({ kind, gate }) => [kind, gate]),
    [
      ['Policy', false],
      ['ClusterPolicy', true],
    ],
  );
});

test('what is too much for one object is refused', () => {
  assert.is(excessOfPolicies(contractWith(policy())), undefined);
  const sources = { policies: [policy()], policySources: { [SOURCE]: '\n'.repeat(500_000) } };
  assert.match(some(excessOfPolicies(sources)).message, /their sources have 1000002 bytes as JSON/);
  const many = { policies: Array.from({ length: 129 }, (_, index) => policy({ name: `p${index}` })) };
  assert.match(some(excessOfPolicies(many)).message, /together there are 129, and at most 128/);
});

test('what differs is told by policy', () => {
  const found = differences(contractWith(policy()), contractWith(policy({ gate: true })));
  assert.equal(found, [{ at: 'policies[fresh maxAge=24h team=payments].gate', before: 'false', after: 'true' }]);
});

test.run();
