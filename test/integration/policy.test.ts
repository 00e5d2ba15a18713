// deadline: 300
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { Contract } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { messageOf, PolicyBench, SAYS, SCRIPTED } from '../support/policy-bench.ts';

const SYSTEM = 'proviso-system';
const sha256 = (text: string): string => `sha256:${sha256Hex(text)}`;

let operated: Operated;
let bench: PolicyBench;
const test = suite('policy');

test.before(async () => {
  operated = await Operated.start({ engines: SCRIPTED });
  bench = new PolicyBench(operated);
});
test.after(() => operated?.stop());
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete contracts,policies.proviso.dev,clusterpolicies,clustercontracts --all -n shop');
});

test('inline: the source is checked, its digest and what it is for are shown', async () => {
  await bench.apply('fresh', { kinds: ['SARIF', 'JUNIT_XML'], source: { inline: 'a rule' } });
  const policy = await bench.until('fresh', 'Ready');
  assert.is(messageOf(policy), 'spec.source.inline can be evaluated');
  assert.is(policy.status?.sourceDigest, sha256('a rule'));
  assert.equal(policy.status?.usedBy, { contracts: 0 });
  const columns = await operated.kubectl('get pvp -n shop');
  assert.match(columns, /^NAME +READY +ENGINE +KINDS +AGE\nfresh +True +CEL +SARIF, JUNIT_XML +\d+s\n$/);
  await bench.apply('fresh', { source: { inline: 'another rule' } });
  await eventually('the other source', async () => {
    const { status } = await bench.until('fresh', 'Ready');
    return status?.sourceDigest === sha256('another rule');
  });
});

test('a policy of the cluster is over the attestation', async () => {
  await operated.apply('ClusterPolicy', 'pinned', { attestation: true, source: { inline: 'a rule' } });
  const policy = await bench.untilCluster('pinned', 'Ready');
  assert.equal(policy.status?.usedBy, { contracts: 0, clusterContracts: 0 });
  const columns = await operated.kubectl('get cpvp');
  assert.match(columns, /^NAME +READY +ENGINE +KINDS +AGE\npinned +True +CEL +attestation +\d+s\n$/);
});

test('a source that does not compile: the first findings by line and column, and how many more', async () => {
  const found = [
    { line: 3, column: 5, message: "undeclared reference to 'inputt'" },
    ...Array.from({ length: 6 }, (_, index) => ({ line: index + 4, message: `mistake ${index + 2}` })),
  ];
  await bench.apply('wrong', { source: { inline: `${SAYS.findings}${JSON.stringify(found)}` } });
  const policy = await bench.until('wrong', 'SourceInvalid');
  const message = messageOf(policy);
  assert.match(message, /^spec\.source\.inline: line 3, column 5: undeclared reference to 'inputt'; /);
  assert.match(message, /; spec\.source\.inline: line 7: mistake 5; and 2 more$/);
  assert.is(stalled(policy)?.status, 'True');
  await bench.apply('wrong', { source: { inline: 'a rule' } });
  assert.is(stalled(await bench.until('wrong', 'Ready')), undefined);
});

test('findings of any length leave a status that the API server takes', async () => {
  const found = Array.from({ length: 9 }, (_, line) => ({ line, message: 'x'.repeat(3000) }));
  await bench.apply('long', { source: { inline: `${SAYS.findings}${JSON.stringify(found)}` } });
  const message = messageOf(await bench.until('long', 'SourceInvalid'));
  assert.ok(message.length < 4096, `${message.length}`);
  assert.match(message, /x…; and 4 more$/);
});

test('a ConfigMap of the own namespace may come later, change, and go', async () => {
  await bench.apply('mapped', { source: { configMapRef: { name: 'rules', key: 'a.cel' } } });
  // One of that name in another namespace is nothing to it.
  await bench.configMap(SYSTEM, 'rules', { 'a.cel': 'of the system' });
  const missing = await bench.until('mapped', 'SourceNotFound');
  assert.match(messageOf(missing), /^spec\.source\.configMapRef: there is no ConfigMap rules in the namespace shop/);
  await bench.configMap('shop', 'rules', { 'b.cel': 'a rule' });
  await operated.untilMessage('policies.proviso.dev', 'mapped', /has no key 'a\.cel', only b\.cel$/);
  await bench.configMap('shop', 'rules', { 'a.cel': 'a rule' });
  // Looked for every few seconds, without anybody asking.
  assert.is((await bench.until('mapped', 'Ready', 20)).status?.sourceDigest, sha256('a rule'));
  const broken = `${SAYS.findings}[{"line":1,"message":"no"}]`;
  await bench.configMap('shop', 'rules', { 'a.cel': broken });
  await bench.look('mapped');
  const message = messageOf(await bench.until('mapped', 'SourceInvalid'));
  assert.is(message, 'spec.source.configMapRef (ConfigMap rules): line 1: no');
  await operated.kubectl('delete configmap -n shop rules');
  await bench.look('mapped');
  const gone = await bench.until('mapped', 'SourceNotFound');
  assert.is(gone.status?.sourceDigest, undefined);
  await operated.kubectl(`delete configmap -n ${SYSTEM} rules`);
});

test("a policy of the cluster reads from Proviso's namespace, whose ConfigMaps are watched", async () => {
  await bench.configMap('shop', 'baseline', { 'a.cel': 'of a tenant' });
  await bench.applyCluster('mapped', { source: { configMapRef: { name: 'baseline', key: 'a.cel' } } });
  await bench.untilCluster('mapped', 'SourceNotFound');
  for (const text of ['a rule', 'another rule']) {
    await bench.configMap(SYSTEM, 'baseline', { 'a.cel': text });
    await eventually(
      `the source '${text}'`,
      async () => {
        const { status } = await operated.read<Awaited<ReturnType<typeof bench.untilCluster>>>(
          'clusterpolicy',
          'mapped',
        );
        return status?.sourceDigest === sha256(text);
      },
      4,
    );
  }
  await operated.kubectl(`delete configmap -n ${SYSTEM} baseline`);
  await bench.untilCluster('mapped', 'SourceNotFound');
});

test('an engine that is not there, fails, or never answers: nothing is said to be good', async () => {
  await bench.apply('rego', { engine: 'Rego', source: { inline: 'package a' } });
  await bench.apply('failing', { source: { inline: SAYS.fail } });
  await bench.apply('hanging', { source: { inline: SAYS.hang } });
  const rego = await bench.until('rego', 'EngineUnavailable');
  assert.is(
    messageOf(rego),
    "the engine Rego can't check spec.source.inline: this version of Proviso has no engine for Rego",
  );
  assert.is(stalled(rego)?.status, 'True');
  assert.match(messageOf(await bench.until('failing', 'EngineUnavailable')), /: the worker fell over$/);
  const killed = [
    { line: 1, message: 'a warning' },
    { message: 'OPA was killed twice', reason: 'OutOfMemory' },
  ];
  await bench.apply('killed', { source: { inline: `${SAYS.findings}${JSON.stringify(killed)}` } });
  assert.match(messageOf(await bench.until('killed', 'EngineUnavailable')), /: OPA was killed twice$/);
  // Others are looked at meanwhile.
  await bench.apply('good', { source: { inline: 'a rule' } });
  await bench.until('good', 'Ready');
  assert.match(messageOf(await bench.until('hanging', 'EngineUnavailable', 20)), /did not answer within 10 s$/);
  await bench.apply('hanging', { source: { inline: 'a rule' } });
  await bench.until('hanging', 'Ready');
});

test('who attaches a policy is counted, and is Ready no sooner than the policy is', async () => {
  const attaches = (...refs: readonly object[]) => ({ policies: { materials: refs.map((ref) => ({ ref })) } });
  const counted = (kind: string, usedBy: object) =>
    eventually(`${kind} used by ${JSON.stringify(usedBy)}`, async () => {
      const { status } = await operated.read<{ readonly status?: { readonly usedBy?: object } }>(kind, 'fresh');
      return JSON.stringify(status?.usedBy) === JSON.stringify(usedBy);
    });
  await operated.apply('Contract', 'before', attaches({ name: 'fresh' }, { name: 'fresh', kind: 'Policy' }));
  const missing = await operated.untilReason<Contract>('contract', 'before', 'PolicyNotFound');
  assert.is(stalled(missing)?.status, 'True');
  await bench.apply('fresh', { source: { inline: 'a rule' } });
  await bench.applyCluster('fresh', { source: { inline: 'a rule' } });
  await operated.untilReason<Contract>('contract', 'before', 'Ready');
  await counted('policies.proviso.dev', { contracts: 1 });
  await counted('clusterpolicy', { clusterContracts: 0, contracts: 0 });
  await operated.apply('Contract', 'after', {
    policies: { attestation: [{ ref: { name: 'fresh' }, disabled: true }] },
  });
  await counted('policies.proviso.dev', { contracts: 2 });
  await operated.apply('ClusterContract', 'baseline', attaches({ name: 'fresh' }));
  await operated.apply('Contract', 'before', attaches({ name: 'fresh', kind: 'ClusterPolicy' }));
  await counted('policies.proviso.dev', { contracts: 1 });
  await counted('clusterpolicy', { clusterContracts: 1, contracts: 1 });
  await operated.kubectl('delete contract -n shop after before');
  await operated.kubectl('delete clustercontract baseline');
  await counted('policies.proviso.dev', { contracts: 0 });
  await counted('clusterpolicy', { clusterContracts: 0, contracts: 0 });
});

test('after a restart everything is checked anew and nothing flaps', async () => {
  await bench.apply('kept', { source: { inline: 'a rule' } });
  const before = await bench.until('kept', 'Ready');
  await operated.restart();
  await bench.apply('new', { source: { inline: 'a rule' } });
  await bench.until('new', 'Ready');
  assert.equal((await bench.until('kept', 'Ready')).status?.conditions, before.status?.conditions);
});

test('everybody may see the policies of the cluster, and a tenant changes those of his namespace alone', async () => {
  // What the admin role of a namespace includes of Proviso; who puts that together is kube-controller-manager.
  await operated.kubectl('create rolebinding -n shop boss --clusterrole=proviso-edit --serviceaccount=shop:boss');
  const may = async (verb: string, what: string, ...flags: readonly string[]): Promise<string> => {
    const as = ['--as=system:serviceaccount:shop:boss', '--as-group=system:authenticated'];
    return (await operated.plane.kubectl(['auth', 'can-i', verb, what, '-n', 'shop', ...flags, ...as])).stdout.trim();
  };
  await eventually('the right', async () => (await may('create', 'policies.proviso.dev')) === 'yes');
  assert.is(await may('list', 'clusterpolicies.proviso.dev'), 'yes');
  for (const verb of ['create', 'update', 'patch', 'delete']) {
    assert.is(await may(verb, 'clusterpolicies.proviso.dev'), 'no', verb);
  }
  assert.is(await may('patch', 'policies.proviso.dev', '--subresource=status'), 'no');
  for (const what of ['policies.proviso.dev', 'clusterpolicies.proviso.dev']) {
    const as = '--as=system:serviceaccount:proviso-system:proviso-operator';
    const { stdout } = await operated.plane.kubectl(['auth', 'can-i', 'patch', what, '-n', 'shop', as]);
    assert.is(stdout.trim(), 'no', what);
  }
});

test.run();
