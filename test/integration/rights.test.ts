import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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

test('operator and receiver hold no right that they do not use', async () => {
  const may = async (who: string, verb: string, what: string): Promise<string> => {
    return (await plane.kubectl(['auth', 'can-i', verb, what, '-n', 'shop', account(who)])).stdout.trim();
  };
  for (const [who, verb, what] of [
    ['operator', 'patch', 'workflowruns.proviso.dev'],
    ['operator', 'patch', 'events.events.k8s.io'],
    ['operator', 'list', 'secrets'],
    ['operator', 'delete', 'secrets'],
    ['operator', 'list', 'configmaps'],
    ['operator', 'patch', 'trustroots.proviso.dev'],
    ['receiver', 'get', 'contracts.proviso.dev'],
    ['receiver', 'list', 'workflows.proviso.dev'],
    ['receiver', 'watch', 'evidencestores.proviso.dev'],
    ['receiver', 'patch', 'workflowruns.proviso.dev'],
    ['receiver', 'get', 'secrets'],
    ['receiver', 'get', 'configmaps'],
    ['receiver', 'patch', 'trustroots.proviso.dev'],
  ] as const) {
    assert.is(await may(who, verb, what), 'no', `${who} may ${verb} ${what}`);
  }
  assert.is(await may('receiver', 'create', 'workflowruns.proviso.dev'), 'yes');
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
