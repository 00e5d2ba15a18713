import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import { Helm } from '../chart/helm.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { workflowRun } from '../support/workflow-run.ts';

const account = (name: string) => `--as=system:serviceaccount:proviso-system:proviso-${name}`;

let plane: ControlPlane;
const test = suite('rights');

test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  await plane.kubectl(['create', 'namespace', 'shop']);
});
test.after(() => plane?.stop());

test('attack: the operator can not take over a Secret by giving it its own label', async () => {
  const secret = ['secret', '-n', 'shop', 'proviso-db'];
  await plane.kubectl(['create', 'secret', 'generic', '-n', 'shop', 'proviso-db', '--from-literal=password=x']);
  const label = 'app.kubernetes.io/managed-by=proviso';
  // The API server holds to a new policy after a moment.
  await eventually('the refusal', async () => {
    const { stderr } = await plane.kubectl(['label', ...secret, label, account('operator'), '--dry-run=server']);
    return /carry its label already/.test(stderr);
  });
  // Not since it may not write at all.
  await plane.kubectl(['label', ...secret, label]);
  const own = await plane.kubectl(['label', ...secret, 'a=b', account('operator')]);
  assert.is(own.code, 0, own.stderr);
});

test('attack: the operator can not change the revisions of other controllers', async () => {
  const revision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: 'database-1', namespace: 'shop' },
    data: { spec: {} },
    revision: 1,
  };
  const options = { input: JSON.stringify(revision) };
  assert.match((await plane.kubectl(['create', account('operator'), '-f', '-'], options)).stderr, /carry its label/);
  assert.is((await plane.kubectl(['create', '-f', '-'], options)).code, 0);
  const patch = ['patch', 'controllerrevision', '-n', 'shop', 'database-1', '--type=merge', '-p', '{"revision":9}'];
  assert.match((await plane.kubectl([...patch, account('operator')])).stderr, /carry its label/);
});

interface Bound extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}
type WithRules = KubeObject & { readonly rules?: readonly object[] };

/** By binding, what it gives to an account beside what every account has: the rules of its role. */
function grantsOf(objects: readonly KubeObject[], account: string): Readonly<Record<string, readonly object[]>> {
  const names = new Set([account, 'system:serviceaccounts:proviso-system']);
  const bindings = objects.filter((object): object is Bound => object.kind?.endsWith('RoleBinding') === true);
  const own = bindings.filter(({ subjects = [] }) => subjects.some(({ name }) => names.has(name)));
  const grants = own.map(({ kind, metadata, roleRef }) => {
    const isOf = (role: KubeObject): boolean =>
      role.kind === roleRef.kind && (role.kind === 'ClusterRole' || role.metadata.namespace === metadata.namespace);
    const role = objects.find((each) => isOf(each) && each.metadata.name === roleRef.name) as WithRules | undefined;
    return [`${kind}/${metadata.namespace ?? ''}/${metadata.name}`, role?.rules ?? []] as const;
  });
  return Object.fromEntries(grants.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test('the accounts that tests run operator and receiver with have exactly the roles that the chart renders', async () => {
  const kinds = 'clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts';
  const { stdout } = await plane.kubectl(['get', kinds, '-A', '-o', 'json']);
  const there = (JSON.parse(stdout) as { readonly items: readonly KubeObject[] }).items;
  const helm = await Helm.create();
  const rendered = (await helm.template().finally(() => helm.close())) as readonly KubeObject[];
  for (const name of ['proviso-operator', 'proviso-receiver']) {
    const isAccount = ({ kind, metadata }: KubeObject): boolean => kind === 'ServiceAccount' && metadata.name === name;
    const accounts = [there, rendered].map((objects) =>
      objects.filter(isAccount).map(({ metadata }) => metadata.namespace),
    );
    assert.equal(accounts, [['proviso-system'], ['proviso-system']]);
    const expected = grantsOf(rendered, name);
    assert.ok(Object.keys(expected).length >= 2, name);
    for (const [binding, rules] of Object.entries(expected)) assert.ok(rules.length > 0, binding);
    assert.equal(grantsOf(there, name), expected);
  }
});

test('operator and receiver hold no right that they do not use', async () => {
  const may = async (who: string, verb: string, what: string): Promise<string> => {
    return (await plane.kubectl(['auth', 'can-i', verb, what, '-n', 'shop', account(who)])).stdout.trim();
  };
  for (const [who, verb, what] of [
    ['operator', 'patch', 'workflowruns.proviso.dev'],
    ['operator', 'patch', 'events.events.k8s.io'],
    ['operator', 'patch', 'jobs.batch'],
    ['operator', 'get', 'jobs.batch'],
    ['operator', 'create', 'jobs.batch'],
    ['operator', 'list', 'secrets'],
    ['operator', 'delete', 'secrets'],
    ['operator', 'list', 'configmaps'],
    ['operator', 'patch', 'trustroots.proviso.dev'],
    ['operator', 'patch', 'clustercontracts.proviso.dev'],
    ['operator', 'patch', 'policies.proviso.dev'],
    ['operator', 'patch', 'clusterpolicies.proviso.dev'],
    ['operator', 'patch', 'waivers.proviso.dev'],
    ['operator', 'get', 'validatingadmissionpolicies.admissionregistration.k8s.io'],
    ['operator', 'patch', 'policygroups.proviso.dev'],
    ['operator', 'patch', 'clusterpolicygroups.proviso.dev'],
    ['operator', 'patch', 'namespaces'],
    ['receiver', 'list', 'contracts.proviso.dev'],
    ['receiver', 'patch', 'clustercontracts.proviso.dev'],
    ['receiver', 'patch', 'workflows.proviso.dev'],
    ['receiver', 'patch', 'configmaps'],
    ['receiver', 'watch', 'evidencestores.proviso.dev'],
    ['receiver', 'patch', 'workflowruns.proviso.dev'],
    ['receiver', 'get', 'secrets'],
    ['receiver', 'get', 'configmaps'],
    ['receiver', 'patch', 'trustroots.proviso.dev'],
    ['receiver', 'get', 'policies.proviso.dev'],
    ['receiver', 'patch', 'clusterpolicies.proviso.dev'],
    ['receiver', 'patch', 'waivers.proviso.dev'],
    ['operator', 'patch', 'subscriptions.proviso.dev'],
    ['receiver', 'patch', 'subscriptions.proviso.dev'],
    ['receiver', 'get', 'policygroups.proviso.dev'],
  ] as const) {
    assert.is(await may(who, verb, what), 'no', `${who} may ${verb} ${what}`);
  }
  assert.is(await may('receiver', 'create', 'workflowruns.proviso.dev'), 'yes');
});

test("attack: the key of the signing root is the operator's alone; a pipeline reads no key at all", async () => {
  const system = ['-n', 'proviso-system'];
  for (const name of ['proviso-signing-root', 'proviso-signing-ca']) {
    await plane.kubectl(['create', 'secret', 'generic', ...system, name, '--from-literal=tls.key=x']);
  }
  await plane.kubectl(['create', 'serviceaccount', '-n', 'shop', 'proviso-build']);
  // Whoever administers a namespace of his own is nobody in Proviso's.
  const bind = ['create', 'rolebinding', '-n', 'shop', 'admins', '--clusterrole=admin', '--serviceaccount=shop:boss'];
  await plane.kubectl(bind);
  const reads = async (as: string, name: string): Promise<boolean> => {
    const { code, stderr } = await plane.kubectl(['get', 'secret', ...system, name, as]);
    assert.ok(code === 0 || /is forbidden/.test(stderr), stderr);
    return code === 0;
  };
  const people = ['build', 'boss'].map((name) => `--as=system:serviceaccount:shop:${name}`);
  const pipeline = '--as=system:serviceaccount:shop:proviso-build';
  assert.ok(await reads(account('operator'), 'proviso-signing-root'));
  assert.ok(await reads(account('receiver'), 'proviso-signing-ca'));
  for (const as of [account('receiver'), pipeline, ...people, '--as=system:anonymous']) {
    assert.not(await reads(as, 'proviso-signing-root'), as);
    assert.not((await plane.kubectl(['get', 'secrets', ...system, as])).code === 0, as);
    if (as !== account('receiver')) assert.not(await reads(as, 'proviso-signing-ca'), as);
  }
});

test('attack: a TrustRoot of another name is not for the operator to write, nor what is published for a tenant', async () => {
  const root = (name: string) =>
    JSON.stringify({
      apiVersion: 'proviso.dev/v1alpha1',
      kind: 'TrustRoot',
      metadata: { name },
      spec: { sigstore: { inline: '{}' } },
    });
  const apply = async (name: string, as: string) =>
    plane.kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-', as], { input: root(name) });
  assert.is((await apply('proviso-cluster', account('operator'))).code, 0);
  await plane.kubectl(['create', 'configmap', '-n', 'proviso-system', 'proviso-trust']);
  assert.match((await apply('company', account('operator'))).stderr, /is forbidden/);
  for (const as of [account('receiver'), '--as=system:serviceaccount:shop:boss']) {
    assert.match((await apply('proviso-cluster', as)).stderr, /is forbidden/);
    const patch = ['patch', 'configmap', '-n', 'proviso-system', 'proviso-trust', '-p', '{"data":{"a":"b"}}', as];
    assert.match((await plane.kubectl(patch)).stderr, /is forbidden/);
  }
});

test('everybody may see which trust roots there are, and nobody in a namespace may change one', async () => {
  const may = async (verb: string): Promise<string> => {
    const somebody = ['--as=system:serviceaccount:shop:admin', '--as-group=system:authenticated'];
    return (await plane.kubectl(['auth', 'can-i', verb, 'trustroots.proviso.dev', ...somebody])).stdout.trim();
  };
  await plane.kubectl([
    'create',
    'rolebinding',
    '-n',
    'shop',
    'admin',
    '--clusterrole=admin',
    '--serviceaccount=shop:admin',
  ]);
  assert.is(await may('list'), 'yes');
  for (const verb of ['create', 'update', 'patch', 'delete']) assert.is(await may(verb), 'no', verb);
});

test('the controller manager may do its work on runs also under its own name', async () => {
  const options = { input: JSON.stringify(workflowRun('collected', 'shop')) };
  const created = await plane.kubectl(['create', account('receiver'), '-f', '-'], options);
  assert.is(created.code, 0, created.stderr);
  const label = (user: string) =>
    plane.kubectl([
      'label',
      'workflowrun',
      '-n',
      'shop',
      'collected',
      '--overwrite',
      `by=${user.replaceAll(':', '.')}`,
      `--as=${user}`,
      '--as-group=system:masters',
    ]);
  await eventually('the refusal', async () => /written by Proviso only/.test((await label('somebody')).stderr));
  const collector = await label('system:kube-controller-manager');
  assert.is(collector.code, 0, collector.stderr);
});

test.run();
