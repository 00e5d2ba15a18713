// deadline: 300
import { once } from 'node:events';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../src/api/labels.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { connect } from '../../src/kube/connect.ts';
import { runForLease } from '../../src/kube/lease.ts';
import type { LeaseSpec } from '../../src/kube/lease-state.ts';
import { fence, limited, NotLeaderError } from '../../src/kube/limits.ts';
import { createKubeClient } from '../../src/kube/rest.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { type Running, startProcess } from '../support/process.ts';

let plane: ControlPlane;
let kubeconfig: string;
const test = suite('lease');
test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  kubeconfig = await plane.serviceAccountKubeconfig('proviso-system', 'proviso-operator');
});
test.after(() => plane?.stop());

const holder = async (name: string): Promise<string | undefined> => {
  const ref = { namespace: 'proviso-system', name };
  const lease = await connect(plane.adminKubeconfig).client.find<KubeObject & { spec: LeaseSpec }>(KIND.Lease, ref);
  return lease?.spec.holderIdentity;
};
function candidate(name: string, identity: string) {
  const abort = new AbortController();
  const { client } = connect(kubeconfig);
  const options = { client, namespace: 'proviso-system', name, identity, signal: abort.signal, onError: () => {} };
  return { ...runForLease(options), release: () => abort.abort(new Error('done')) };
}

test('one of two leads; the other follows as soon as the lease is given back', async () => {
  const first = candidate('pair', 'first');
  await first.acquired;
  const second = candidate('pair', 'second');
  assert.equal([first.isLeader(), second.isLeader()], [true, false]);
  first.release();
  assert.equal(await first.ended, { lost: false });
  assert.is(first.isLeader(), false);
  await second.acquired;
  assert.is(await holder('pair'), 'second');
  second.release();
  await second.ended;
  assert.is(await holder('pair'), '');
});

test('a leader whose lease was taken notices, and writes nothing more', async () => {
  const leader = candidate('stolen', 'leader');
  await leader.acquired;
  const { client, transport } = connect(kubeconfig);
  const fenced = createKubeClient(limited(transport, { beforeWrite: fence(leader.isLeader) }));
  const config = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'proviso-system', labels: { [LABEL_MANAGED_BY]: MANAGED_BY } },
  });
  await fenced.create(KIND.ConfigMap, config('proviso-before'));
  const thief = { holderIdentity: 'thief', leaseDurationSeconds: 60 };
  const ref = { namespace: 'proviso-system', name: 'stolen' };
  await client.mergePatch(KIND.Lease, ref, { spec: thief }, { fieldManager: 'thief' });
  assert.equal(await leader.ended, { lost: true });
  assert.is(leader.isLeader(), false);
  await fenced.create(KIND.ConfigMap, config('proviso-after')).then(
    () => assert.unreachable(),
    (error: unknown) => assert.ok(error instanceof NotLeaderError),
  );
  assert.is(await client.find(KIND.ConfigMap, { namespace: 'proviso-system', name: 'proviso-after' }), undefined);
  assert.ok(await fenced.find(KIND.ConfigMap, { namespace: 'proviso-system', name: 'proviso-before' }));
  assert.is(await holder('stolen'), 'thief');
});

test('a standby gives up its wait when it is told to', async () => {
  const leader = candidate('wait', 'leader');
  await leader.acquired;
  const standby = candidate('wait', 'standby');
  standby.release();
  assert.equal(await standby.ended, { lost: false });
  await standby.acquired.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'done'),
  );
  leader.release();
  await leader.ended;
});

async function startOperator(name: string): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  const args = [
    'operator',
    '--kubeconfig',
    kubeconfig,
    '--endpoint',
    'https://127.0.0.1:1',
    '--health-port',
    String(port),
  ];
  const running = startProcess(name, args, join(plane.dir, `${name}.log`));
  await eventually(`${name} to be ready`, async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
  return { ...running, port };
}
const reconciles = async (contract: string): Promise<void> => {
  const object = {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'Contract',
    metadata: { name: contract, namespace: 'default' },
    spec: {},
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  const wait = ['wait', '--for=condition=Ready', '--timeout=30s', `contract/${contract}`];
  const { code, stderr } = await plane.kubectl(wait);
  assert.is(code, 0, stderr);
};

test('of two operators one works; after its end, and after its kill, the other does', async () => {
  const first = await startOperator('first');
  await reconciles('one');
  const leader = await holder('proviso-operator');
  const second = await startOperator('second');
  await reconciles('two');
  assert.is(await holder('proviso-operator'), leader);
  assert.is(await first.stop(), 0);
  const stopped = performance.now();
  await reconciles('three');
  console.log(`\n»   the standby worked ${Math.round(performance.now() - stopped)} ms after a clean stop`);
  const third = await startOperator('third');
  second.child.kill('SIGKILL');
  await once(second.child, 'exit');
  const killed = performance.now();
  await reconciles('four');
  console.log(`\n»   the standby worked ${Math.round(performance.now() - killed)} ms after a kill`);
  assert.is(await third.stop(), 0);
});

test('an operator whose lease is stolen ends, writes nothing more, and waits its turn when it is started again', async () => {
  const victim = await startOperator('victim');
  await reconciles('five');
  const spec = JSON.stringify({ spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } });
  const exited = once(victim.child, 'exit');
  const args = ['patch', 'lease', '-n', 'proviso-system', 'proviso-operator', '--type=merge', '-p', spec];
  assert.is((await plane.kubectl(args)).code, 0);
  assert.equal(await exited, [1, null]);
  await plane.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: 'proviso.dev/v1alpha1',
      kind: 'Contract',
      metadata: { name: 'six', namespace: 'default' },
      spec: {},
    }),
  });
  const again = await startOperator('again');
  const { stdout } = await plane.kubectl(['get', 'contract', 'six', '-o', 'jsonpath={.status}']);
  assert.is(stdout, '');
  await reconciles('six');
  assert.is(await again.stop(), 0);
});

test.run();
