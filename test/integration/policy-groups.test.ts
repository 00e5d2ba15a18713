// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { ClusterContract, ClusterPolicyGroup, Contract, PolicyGroup } from '../../src/api/types.gen.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import type { ControllerRevision } from '../../src/operator/context.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { SCRIPTED } from '../support/policy-bench.ts';

let operated: Operated;
const test = suite('policy groups');

test.before(async () => {
  operated = await Operated.start({ engines: SCRIPTED });
});
test.after(() => operated?.stop());
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl(
    'delete contracts,clustercontracts,policygroups,clusterpolicygroups,policies.proviso.dev,clusterpolicies --all -n shop',
  );
});

const says = ({ status }: Contract | ClusterContract | PolicyGroup | ClusterPolicyGroup): string =>
  findCondition(status?.conditions, CONDITION.Ready)?.message ?? '';

const group = (name: string, reason = 'Ready') => operated.untilReason<PolicyGroup>('policygroup', name, reason);
const contract = (name: string, reason = 'Ready') => operated.untilReason<Contract>('contract', name, reason);

const contentOf = async ({ status }: Contract): Promise<EffectiveContract> =>
  (await operated.read<ControllerRevision>('controllerrevision', status?.revisionName ?? '')).data;

const owed = async (of: Contract): Promise<readonly string[]> =>
  (await contentOf(of)).materials.map(({ name, type, optional }) => `${name} ${type}${optional ? ' optional' : ''}`);

const MATERIALS = {
  inputs: [{ name: 'sbomName', default: 'sbom' }],
  materials: [{ name: '{{ inputs.sbomName }}', type: 'SBOM_CYCLONEDX_JSON' }],
};

test('a contract asks for what its groups ask for, and waits for a group that is not there', async () => {
  await operated.apply('Contract', 'release', {
    materials: [{ name: 'tests', type: 'JUNIT_XML' }],
    policyGroups: [{ ref: { name: 'quality' }, with: { sbomName: 'bom' } }],
  });
  const missing = await contract('release', 'GroupNotFound');
  assert.is(says(missing), "spec.policyGroups[0].ref: there is no PolicyGroup 'quality'");
  assert.equal([stalled(missing)?.status, missing.status?.revisionName], ['True', undefined]);
  await operated.apply('PolicyGroup', 'quality', MATERIALS);
  const first = await contract('release');
  assert.equal(await owed(first), ['tests JUNIT_XML', 'bom SBOM_CYCLONEDX_JSON']);
  assert.is(first.status?.materials, 2);
  const counted = await eventually('the count', async () => {
    const found = await group('quality');
    return found.status?.usedBy?.contracts === 1 ? found : undefined;
  });
  assert.equal([counted.status?.policies, counted.status?.materials], [0, 1]);
  assert.match(
    await operated.kubectl('get pvg -n shop'),
    /^NAME +READY +POLICIES +MATERIALS +AGE\nquality +True +0 +1 +\d+s\n$/,
  );
  await operated.apply('PolicyGroup', 'quality', {
    ...MATERIALS,
    materials: [...MATERIALS.materials, { name: 'scan', type: 'SARIF', optional: true }],
  });
  await eventually('the next revision', async () => (await contract('release')).status?.revision === 2);
  assert.equal(await owed(await contract('release')), [
    ...['tests JUNIT_XML', 'bom SBOM_CYCLONEDX_JSON'],
    'scan SARIF optional',
  ]);
});

test('a group that is broken or deleted stalls the contract; its last good revision stays known', async () => {
  await operated.apply('PolicyGroup', 'quality', MATERIALS);
  await operated.apply('Contract', 'release', { policyGroups: [{ ref: { name: 'quality' } }] });
  const { status } = await contract('release');
  await operated.apply('PolicyGroup', 'quality', {
    ...MATERIALS,
    materials: [{ name: '{{ inputs.nmae }}', type: 'SBOM_CYCLONEDX_JSON' }],
  });
  const broken = await group('quality', 'InvalidSpec');
  assert.is(says(broken), "spec.materials[0].name: the group has no input 'nmae'; it has sbomName");
  assert.is(stalled(broken)?.status, 'True');
  const refused = await contract('release', 'InvalidSpec');
  assert.match(
    says(refused),
    /^spec\.policyGroups\[0\]\.ref: the PolicyGroup 'quality' can't be used: spec\.materials/,
  );
  assert.is(refused.status?.revisionName, status?.revisionName);
  await operated.kubectl('delete policygroup quality -n shop');
  assert.is((await contract('release', 'GroupNotFound')).status?.revisionName, status?.revisionName);
  await operated.apply('PolicyGroup', 'quality', MATERIALS);
  assert.is((await contract('release')).status?.revisionName, status?.revisionName);
});

test('what a contract gives to a group has to fit', async () => {
  await operated.apply('PolicyGroup', 'quality', { ...MATERIALS, attestation: [{ ref: { name: 'p' } }] });
  for (const [taken, message] of [
    [{ with: { sbomName: 'NOT A NAME' } }, /^spec\.policyGroups\[0\]\.with: .*no name of a material/],
    [{ with: { other: 'x' } }, /^spec\.policyGroups\[0\]\.with\.other: .*has no input 'other'; it has sbomName$/],
    [{ skip: ['q'] }, /^spec\.policyGroups\[0\]\.skip\[0\]: .*has no policy 'q'; it has p$/],
  ] as const) {
    await operated.apply('Contract', 'release', { policyGroups: [{ ref: { name: 'quality' }, ...taken }] });
    await operated.untilMessage('contract', 'release', message);
    assert.is(stalled(await contract('release', 'InvalidSpec'))?.status, 'True');
  }
  await operated.apply('Contract', 'release', {
    policyGroups: [{ ref: { name: 'quality' }, skip: ['p'] }],
  });
  await contract('release');
});

test("the policies of a group judge as the contract's own, and what becomes of them reaches the contract", async () => {
  await operated.apply('PolicyGroup', 'quality', {
    inputs: [{ name: 'most', default: '3' }],
    attestation: [
      { ref: { name: 'pinned' }, with: { most: '{{ inputs.most }}' } },
      { ref: { kind: 'ClusterPolicy', name: 'signed' } },
    ],
  });
  assert.is(says(await group('quality')), "there is no Policy 'pinned', ClusterPolicy 'signed'");
  await operated.apply('Contract', 'release', { policyGroups: [{ ref: { name: 'quality' }, gate: true }] });
  assert.match(
    says(await contract('release', 'PolicyNotFound')),
    /^the PolicyGroup 'quality': spec\.attestation\[0\]\.ref: there is no Policy 'pinned'/,
  );
  await operated.apply('ClusterPolicy', 'signed', { attestation: true, source: { inline: 'a rule' } });
  await operated.untilMessage('policygroup', 'quality', /^there is no Policy 'pinned'$/);
  const pinned = (inline: string): object => ({ attestation: true, inputs: [{ name: 'most' }], source: { inline } });
  await operated.apply('Policy', 'pinned', pinned('a rule'));
  await operated.untilMessage('policygroup', 'quality', /^contracts can take it in$/);
  const first = await contract('release');
  const { policies } = await contentOf(first);
  assert.equal(
    policies?.map(({ kind, name, inputs, gate }) => [kind, name, inputs, gate]),
    [
      ['Policy', 'pinned', { most: '3' }, true],
      ['ClusterPolicy', 'signed', {}, true],
    ],
  );
  await operated.apply('Policy', 'pinned', pinned('another rule'));
  await eventually('a revision with the other source', async () => {
    const next = await contract('release');
    return Object.values((await contentOf(next)).policySources ?? {}).includes('another rule');
  });
  await operated.kubectl('delete policies.proviso.dev pinned -n shop');
  await contract('release', 'PolicyNotFound');
  await operated.untilMessage('policygroup', 'quality', /^there is no Policy 'pinned'$/);
});

test('groups of the cluster are taken in by contracts and baselines', async () => {
  await operated.apply('ClusterPolicyGroup', 'origin', MATERIALS);
  await operated.apply('Contract', 'own', { policyGroups: [{ ref: { name: 'origin' } }] });
  const ref = { kind: 'ClusterPolicyGroup', name: 'origin' };
  await operated.apply('Contract', 'release', { policyGroups: [{ ref }] });
  await operated.apply('ClusterContract', 'base', { policyGroups: [{ ref: { name: 'origin' } }] });
  assert.match(says(await contract('own', 'GroupNotFound')), /there is no PolicyGroup 'origin'$/);
  assert.equal(await owed(await contract('release')), ['sbom SBOM_CYCLONEDX_JSON']);
  await operated.untilReason('clustercontract', 'base', 'Ready');
  const used = await eventually('the counts', async () => {
    const { status } = await operated.read<ClusterPolicyGroup>('clusterpolicygroup', 'origin');
    return status?.usedBy?.contracts === 1 && status.usedBy.clusterContracts === 1 ? status : undefined;
  });
  assert.is(used.materials, 1);
  await operated.kubectl('delete clusterpolicygroup origin');
  await contract('release', 'GroupNotFound');
  await operated.untilReason('clustercontract', 'base', 'GroupNotFound');
});

test('a policy of an entry without a name judges that type alone', async () => {
  const kinds = ['SARIF', 'JUNIT_XML'];
  await operated.apply('Policy', 'fresh', { kinds, source: { inline: 'a rule' } });
  await operated.apply('PolicyGroup', 'quality', {
    materials: [{ type: 'SARIF', policies: [{ ref: { name: 'fresh' } }] }],
  });
  await operated.apply('Contract', 'release', { policyGroups: [{ ref: { name: 'quality' } }] });
  const { policies = [] } = await contentOf(await contract('release'));
  assert.equal(
    policies.map(({ types, material }) => [types, material]),
    [[['SARIF'], undefined]],
  );
  await operated.apply('PolicyGroup', 'quality', {
    materials: [{ type: 'OPENVEX', policies: [{ ref: { name: 'fresh' } }] }],
  });
  assert.match(
    says(await contract('release', 'InvalidSpec')),
    /the Policy 'fresh' judges SARIF, JUNIT_XML, and not OPENVEX$/,
  );
});

test.run();
