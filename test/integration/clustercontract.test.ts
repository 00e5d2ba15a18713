// deadline: 240
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import { KIND } from '../../src/api/kinds.ts';
import type { ClusterContract, Contract, Workflow } from '../../src/api/types.gen.ts';
import { canonicalDigest } from '../../src/contract/digest.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { connect } from '../../src/kube/connect.ts';
import { startSource } from '../../src/kube/source.ts';
import type { ControllerRevision } from '../../src/operator/context.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { generateTestKey } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { PUBLIC_GOOD } from '../support/trusted-root.ts';

const WORKFLOW = 'workflow.proviso.dev';
const PRODUCTION = { namespaceSelector: { matchLabels: { tier: 'production' } } };
const sbom = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };

let operated: Operated;
const test = suite('cluster contract');

test.before(async () => {
  operated = await Operated.start();
  await operated.kubectl('label namespace shop tier=production');
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }], deadline: '1h' });
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  await operated.untilReason<Workflow>(WORKFLOW, 'build', 'Ready');
});
test.after(() => operated?.stop());
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete clustercontracts --all');
  await until('build', []);
});

const says = (object: Workflow | ClusterContract): string =>
  findCondition(object.status?.conditions, CONDITION.Ready)?.message ?? '';

/** Waits until a workflow is Ready with exactly these baselines; returns it. */
const until = (name: string, baselines: readonly string[]): Promise<Workflow> =>
  eventually(`${name} to be under '${baselines}'`, async () => {
    const workflow = await operated.read<Workflow>(WORKFLOW, name);
    const found = (workflow.status?.baselines ?? []).map((each) => each.name);
    const ready = findCondition(workflow.status?.conditions, CONDITION.Ready);
    if (ready?.status === 'True' && `${found}` === `${baselines}`) return workflow;
    throw new Error(JSON.stringify(workflow.status));
  });

async function contentOf({ status }: Workflow): Promise<EffectiveContract> {
  const { revisionName = '', digest } = status?.contract ?? {};
  const { data } = await operated.read<ControllerRevision>('controllerrevision', revisionName);
  assert.is(canonicalDigest(data), digest);
  return data;
}

const counts = (name: string, workflows: number, compliant: number): Promise<boolean> =>
  eventually(`${name} to count ${workflows} and ${compliant}`, async () => {
    const { status } = await operated.read<ClusterContract>('clustercontract', name);
    return status?.workflows === workflows && status.compliant === compliant;
  });

test('it is merged into the contract of whom it selects, and of nobody else', async () => {
  await operated.kubectl('create namespace lab');
  for (const kind of ['contract', 'workflow.proviso.dev']) {
    const { apiVersion, metadata, spec } = await operated.read<Contract>(kind, kind === 'contract' ? 'steps' : 'build');
    const object = {
      apiVersion,
      kind: kind === 'contract' ? 'Contract' : 'Workflow',
      metadata: { name: metadata.name },
      spec,
    };
    await operated.kubectl('apply -n lab -f -', JSON.stringify(object));
  }
  const before = await operated.read<Workflow>(WORKFLOW, 'build');
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, materials: [sbom], deadline: '30m' });
  const governed = await until('build', ['production']);
  assert.is(says(governed), "runs owe revision 2 of the contract 'steps', with 'production' merged in");
  assert.equal(governed.status?.baselines, [{ name: 'production', revision: 1, compliant: false }]);
  const content = await contentOf(governed);
  assert.equal(
    content.materials.map(({ name, optional }) => [name, optional]),
    [
      ['a', false],
      ['sbom', false],
    ],
  );
  assert.is(content.deadlineSeconds, 1800);
  const baseline = await operated.read<ClusterContract>('clustercontract', 'production');
  const { revision, revisionName = '', revisionDigest } = baseline.status ?? {};
  assert.equal(content.baselines, [{ name: 'production', revision, digest: revisionDigest }]);
  assert.is(content.name, 'steps');
  const [owner] =
    (await operated.read<Contract>('controllerrevision', some(governed.status?.contract).revisionName)).metadata
      .ownerReferences ?? [];
  assert.equal([owner?.kind, owner?.name], ['Contract', 'steps']);
  const own = JSON.parse(
    await operated.kubectl(`get controllerrevision -n proviso-system ${revisionName} -o json`),
  ) as ControllerRevision;
  assert.equal([own.metadata.ownerReferences?.[0]?.kind, own.data.name], ['ClusterContract', 'production']);
  const lab = JSON.parse(await operated.kubectl(`get -n lab ${WORKFLOW} build -o json`)) as Workflow;
  assert.is(lab.status?.baselines, undefined);
  assert.is(lab.status?.contract?.revision, 1);
  await counts('production', 1, 0);
  assert.match(
    await operated.kubectl('get cctr production'),
    /^NAME +READY +ENFORCEMENT +WORKFLOWS +COMPLIANT +AGE\nproduction +True +Enforce +1 +0 +\d+s\n$/,
  );
  await operated.kubectl('delete clustercontract production');
  const after = await until('build', []);
  assert.equal(after.status?.contract, before.status?.contract);
});

test('labels of a namespace and of a workflow decide, whenever they change', async () => {
  const workflowSelector = { matchExpressions: [{ key: 'experiment', operator: 'DoesNotExist' }] };
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, workflowSelector, materials: [sbom] });
  await until('build', ['production']);
  for (const [take, give] of [
    ['label namespace shop tier-', 'label namespace shop tier=production'],
    [`label -n shop ${WORKFLOW} build experiment=yes`, `label -n shop ${WORKFLOW} build experiment-`],
  ] as const) {
    await operated.kubectl(take);
    assert.is((await until('build', [])).status?.contract?.revision, 1);
    await counts('production', 0, 0);
    await operated.kubectl(give);
    await until('build', ['production']);
    await counts('production', 1, 0);
  }
  await operated.apply('ClusterContract', 'production', { namespaceSelector: { matchLabels: { tier: 'other' } } });
  await until('build', []);
  await counts('production', 0, 0);
});

test('a tenant can not loosen it, and is told where it overrules', async () => {
  await operated.apply('ClusterContract', 'production', {
    ...PRODUCTION,
    materials: [sbom, { name: 'scan', type: 'SARIF' }],
    runner: { type: 'TEKTON_PIPELINE' },
    deadline: '30m',
  });
  await operated.apply('Contract', 'loose', {
    materials: [
      { ...sbom, optional: true, skipUpload: true },
      { name: 'scan', type: 'ARTIFACT', optional: true },
    ],
    runner: { type: 'GENERIC' },
    deadline: '700h',
  });
  await operated.apply('Workflow', 'loose', { contractRef: { name: 'loose' } });
  const workflow = await until('loose', ['production']);
  const { materials, runner, deadlineSeconds } = await contentOf(workflow);
  assert.equal(
    materials.map(({ name, type, optional, skipUpload }) => [name, type, optional, skipUpload]),
    [
      ['sbom', 'SBOM_CYCLONEDX_JSON', false, false],
      ['scan', 'SARIF', false, false],
    ],
  );
  assert.equal([runner, deadlineSeconds], ['TEKTON_PIPELINE', 1800]);
  assert.match(
    says(workflow),
    /overruled: materials\[scan\]\.type: the baseline 'production' has SARIF.*; runner: .*TEKTON/,
  );
  await operated.kubectl(`delete ${WORKFLOW} -n shop loose`);
  await counts('production', 1, 0);
});

test('a change makes a revision, reaches the workflow, and going back makes the old one current', async () => {
  const change = (name: string) =>
    operated.apply('ClusterContract', 'moving', { ...PRODUCTION, materials: [{ name, type: 'ARTIFACT' }] });
  const untilOwed = (name: string): Promise<Workflow> =>
    eventually(`${name} to be owed`, async () => {
      const workflow = await operated.read<Workflow>(WORKFLOW, 'build');
      return (await contentOf(workflow)).materials.some((each) => each.name === name) ? workflow : undefined;
    });
  await change('x');
  const first = await untilOwed('x');
  await change('y');
  const second = await untilOwed('y');
  assert.equal(
    [first, second].map(({ status }) => status?.baselines?.[0]?.revision),
    [1, 2],
  );
  await change('x');
  assert.equal((await untilOwed('x')).status?.contract, first.status?.contract);
});

test('while it is not ready nothing it governs is, and keys come from our own namespace', async () => {
  const key = generateTestKey();
  const secretRef = { name: 'org-key', key: 'cosign.pub' };
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, signers: [{ key: { secretRef } }] });
  const baseline = await operated.untilReason<ClusterContract>('clustercontract', 'production', 'KeyNotFound');
  assert.is(stalled(baseline)?.status, 'True');
  const waiting = await operated.untilReason<Workflow>(WORKFLOW, 'build', 'BaselineNotReady');
  assert.match(
    says(waiting),
    /^the ClusterContract 'production', which governs it, is not ready: .*no Secret org-key in/,
  );
  assert.is(waiting.status?.contract, undefined);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'org-key' } };
  const stringData = { 'cosign.pub': key.publicPem };
  // A tenant's Secret of that name is nothing to it.
  await operated.kubectl('apply -n shop -f -', JSON.stringify({ ...secret, stringData }));
  await operated.kubectl('annotate clustercontract production touched=1');
  await operated.untilReason<ClusterContract>('clustercontract', 'production', 'KeyNotFound');
  await operated.kubectl('apply -n proviso-system -f -', JSON.stringify({ ...secret, stringData }));
  const { signers } = await contentOf(await until('build', ['production']));
  assert.is(signers.length, 1);
  const ready = await operated.read<ClusterContract>('clustercontract', 'production');
  assert.is(ready.status?.signers?.[0]?.source, 'Secret org-key');
  await operated.apply('ClusterContract', 'production', {
    ...PRODUCTION,
    policies: { attestation: [{ ref: { name: 'p' } }] },
  });
  await operated.untilReason<ClusterContract>('clustercontract', 'production', 'PolicyNotFound');
  await operated.untilReason<Workflow>(WORKFLOW, 'build', 'BaselineNotReady');
});

test('baselines that contradict each other, or leave nobody who may sign, are told', async () => {
  await operated.apply('ClusterContract', 'one', { ...PRODUCTION, runner: { type: 'GENERIC' }, materials: [sbom] });
  await operated.apply('ClusterContract', 'two', { runner: { type: 'JENKINS_JOB' } });
  const found = await operated.untilReason<Workflow>(WORKFLOW, 'build', 'BaselineConflict');
  assert.is(says(found), "runner: the baseline 'one' has GENERIC, and 'two' has JENKINS_JOB");
  assert.is(stalled(found)?.status, 'True');
  assert.is(found.status?.contract, undefined);
  await operated.apply('ClusterContract', 'two', { signers: [{ key: { inline: generateTestKey().publicPem } }] });
  assert.is((await contentOf(await until('build', ['one', 'two']))).runner, 'GENERIC');
  await operated.apply('Contract', 'signed', { signers: [{ key: { inline: generateTestKey().publicPem } }] });
  await operated.apply('Workflow', 'signed', { contractRef: { name: 'signed' } });
  const signed = await operated.untilReason<Workflow>(WORKFLOW, 'signed', 'BaselineConflict');
  assert.match(
    says(signed),
    /^signers: the contract and 'one' and 'two': nobody is left who may sign: one side allows SHA256:/,
  );
  await operated.kubectl(`delete ${WORKFLOW} -n shop signed`);
});

test('a trusted root that it checks signers against has to be for the namespaces that it governs', async () => {
  const offer = { sigstore: { inline: PUBLIC_GOOD }, namespaces: { matchLabels: { trust: 'yes' } } };
  await operated.apply('TrustRoot', 'org', offer);
  const keyless = { issuer: 'https://issuer.example', subject: 'x', trustRootRef: { name: 'org' } };
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, signers: [{ keyless }] });
  const refused = await operated.untilReason<Workflow>(WORKFLOW, 'build', 'TrustRootNotFound');
  assert.is(
    says(refused),
    "the ClusterContract 'production', which governs it: the TrustRoot 'org' is not for the namespace 'shop'; its spec.namespaces says which",
  );
  await operated.untilReason<ClusterContract>('clustercontract', 'production', 'Ready');
  await operated.kubectl('label namespace shop trust=yes');
  const { signers } = await contentOf(await until('build', ['production']));
  assert.is(signers[0]?.kind === 'identity' && signers[0].root, 'org');
  await operated.kubectl('delete trustroot org');
  await operated.untilReason<ClusterContract>('clustercontract', 'production', 'TrustRootNotFound');
  await operated.untilReason<Workflow>(WORKFLOW, 'build', 'BaselineNotReady');
});

test('attack: a tenant exchanges the revision, or takes its name', async () => {
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, materials: [sbom] });
  const { status } = await until('build', ['production']);
  const { revisionName } = some(status?.contract);
  const { metadata, data, ...rest } = await operated.read<ControllerRevision>('controllerrevision', revisionName);
  const { name, namespace, labels = {}, ownerReferences = [] } = metadata;
  const forged = { ...rest, metadata: { name, namespace, labels, ownerReferences }, data: { ...data, materials: [] } };
  await operated.kubectl('delete clustercontract production');
  await until('build', []);
  await operated.kubectl(`delete controllerrevision -n shop ${revisionName}`);
  await operated.kubectl('create -n shop -f -', JSON.stringify(forged));
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, materials: [sbom] });
  const refused = await operated.untilReason<Workflow>(WORKFLOW, 'build', 'NameTaken');
  assert.match(says(refused), new RegExp(`the ControllerRevision shop/${revisionName} exists and is not the one`));
  assert.is(refused.status?.contract, undefined);
  await operated.kubectl(`delete controllerrevision -n shop ${revisionName}`);
  const mended = await until('build', ['production']);
  assert.is((await contentOf(mended)).materials.length, 2);
  // A revision that is only gone comes back.
  await operated.kubectl(`delete controllerrevision -n shop ${revisionName}`);
  await eventually('the revision', async () => (await contentOf(mended)).materials.length === 2);
});

test('attack: at no moment of a restart the contract counts alone', async () => {
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, materials: [sbom] });
  const { status } = await until('build', ['production']);
  const seen: (string | undefined)[] = [];
  const abort = new AbortController();
  const { transport } = connect(operated.plane.adminKubeconfig);
  const source = startSource<Workflow>(transport, KIND.Workflow, {
    namespace: 'shop',
    signal: abort.signal,
    onChange: ({ object }) => void seen.push(object.status?.contract?.revisionName),
  });
  await source.synced;
  await operated.restart();
  await operated.touch('build');
  await operated.apply('Workflow', 'late', { contractRef: { name: 'steps' } });
  const late = await until('late', ['production']);
  abort.abort();
  await source.stopped;
  assert.is(late.status?.contract?.revisionName, status?.contract?.revisionName);
  assert.equal(
    [...new Set(seen)].filter((name) => name !== undefined),
    [status?.contract?.revisionName],
  );
  await operated.kubectl(`delete ${WORKFLOW} -n shop late`);
});

test('attack: whoever administers a namespace reads ClusterContracts and writes none', async () => {
  await operated.kubectl('create rolebinding -n shop boss --clusterrole=admin --serviceaccount=shop:boss');
  const may = async (verb: string, what = 'clustercontracts.proviso.dev'): Promise<string> => {
    const boss = ['--as=system:serviceaccount:shop:boss', '--as-group=system:authenticated', '-n', 'shop'];
    return (await operated.plane.kubectl(['auth', 'can-i', verb, what, ...boss])).stdout.trim();
  };
  for (const verb of ['get', 'list', 'watch']) assert.is(await may(verb), 'yes', verb);
  for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection'])
    assert.is(await may(verb), 'no', verb);
  await operated.apply('ClusterContract', 'production', { ...PRODUCTION, materials: [sbom] });
  await until('build', ['production']);
  const patch = [
    'patch',
    'clustercontract',
    'production',
    '--subresource=status',
    '--type=merge',
    '-p',
    '{"status":{}}',
  ];
  const { stderr } = await operated.plane.kubectl([...patch, '--as=system:serviceaccount:shop:boss']);
  assert.match(stderr, /forbidden/);
});

test.run();
