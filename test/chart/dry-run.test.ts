// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { CASES } from './cases.ts';
import { Helm, type Rendered } from './helm.ts';
import { peerCrds } from './peer-crds.ts';

const test = suite('chart: what the API server says of it');
const NAMESPACE = 'proviso-system';
let helm: Helm;
let plane: ControlPlane;
let tryCrds = true;

test.before(async () => {
  helm = await Helm.create();
  plane = await startControlPlane();
  const crds = [...(await peerCrds()), new URL('../../crds', import.meta.url).pathname];
  await kubectl(['apply', '--server-side', '--field-manager=helm', ...crds.flatMap((file) => ['-f', file])]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await kubectl(['create', 'namespace', NAMESPACE]);
  await kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
});
test.after(async () => {
  await plane?.stop();
  await helm.close();
});

/** kubectl that has to succeed without a warning. */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args, input === undefined ? {} : { input });
  if (code !== 0 || stderr !== '') throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

const tried = ['apply', '--server-side', '--field-manager=helm', '--dry-run=server', '--validate=strict', '-f', '-'];

interface Workload {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
}

/** The pods that a Deployment makes, since only those are refused, and the chart's own. */
const podsOf = (objects: readonly Rendered[]): readonly object[] =>
  objects.flatMap((object) => {
    if (object.kind === 'Pod') return [object];
    if (object.kind !== 'Deployment') return [];
    const { metadata, spec } = (object as unknown as Workload).spec.template;
    return [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name: object.metadata.name, namespace: NAMESPACE },
        spec,
      },
    ];
  });

for (const [name, values] of Object.entries(CASES)) {
  test(`${name}: every object is taken, and every pod where none but restricted ones are`, async () => {
    const objects = await helm.template(values);
    const isTried = ({ kind }: Rendered) => kind !== 'Pod' && (kind !== 'CustomResourceDefinition' || tryCrds);
    const list = { apiVersion: 'v1', kind: 'List', items: objects.filter(isTried) };
    // They are the same in all cases, and take the most time.
    tryCrds = false;
    const said = await kubectl(tried, JSON.stringify(list));
    assert.is(said.trim().split('\n').length, list.items.length, said);
    const pods = podsOf(objects);
    assert.is(pods.length, 3);
    await kubectl(tried, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
  });
}

test('a pod that is not restricted is refused there', async () => {
  const spec = { containers: [{ name: 'a', image: 'a' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: NAMESPACE }, spec };
  const { stderr } = await plane.kubectl(tried, { input: JSON.stringify(pod) });
  assert.match(stderr, /violates PodSecurity "restricted:latest"/);
});

test('attack: who has the roles for people writes no run and no status', async () => {
  const roles = (await helm.template()).filter(({ kind }) => kind === 'ClusterRole');
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: roles }));
  for (const role of ['proviso-view', 'proviso-edit', 'proviso-approve']) {
    await kubectl(['create', 'rolebinding', '-n', NAMESPACE, role, `--clusterrole=${role}`, '--user=ada']);
  }
  const can = async (verb: string, what: string, ...more: readonly string[]): Promise<string> =>
    (await plane.kubectl(['auth', 'can-i', verb, what, '-n', NAMESPACE, '--as=ada', ...more])).stdout.trim();
  await eventually(
    'the right to write contracts',
    async () => (await can('create', 'contracts.proviso.dev')) === 'yes',
  );
  assert.is(await can('get', 'workflowruns.proviso.dev'), 'yes');
  for (const verb of ['create', 'update', 'patch', 'delete']) {
    assert.is(await can(verb, 'workflowruns.proviso.dev'), 'no', verb);
    for (const kind of ['workflowruns', 'workflows', 'contracts', 'waivers', 'policies']) {
      assert.is(await can(verb, `${kind}.proviso.dev`, '--subresource=status'), 'no', `${verb} ${kind}/status`);
    }
  }
});

test.run();
