// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND, type ResourceKind } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { applyStatus, writeStatus } from '../../src/kube/apply.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connect.ts';
import { isStatus } from '../../src/kube/error.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { manifest } from '../support/manifest.ts';

let plane: ControlPlane;
let client: KubeClient;
const test = suite('status writes');
test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  await plane.kubectl(['create', 'namespace', 'shop']);
  client = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-operator')).client;
});
test.after(() => plane?.stop());

async function read({ plural, group }: ResourceKind): Promise<KubeObject & { readonly status?: object }> {
  const { stdout } = await plane.kubectl(['get', '-n', 'shop', `${plural}.${group}`, 'x', '-o', 'json']);
  return JSON.parse(stdout);
}

/** An object as it was before another one was made under its name. */
async function madeAnew(kind: ResourceKind, spec: object): Promise<KubeObject> {
  const args = ['-n', 'shop', '-f', '-'];
  await plane.kubectl(['apply', ...args], { input: manifest(kind.kind, 'x', spec) });
  const before = await read(kind);
  await plane.kubectl(['delete', ...args], { input: manifest(kind.kind, 'x', spec) });
  await plane.kubectl(['apply', ...args], { input: manifest(kind.kind, 'x', spec) });
  return before;
}
const conflict = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => isStatus(error, 409),
  );

test('a status that is meant for an earlier object of the name is not written', async () => {
  for (const [kind, spec] of [
    [KIND.Contract, {}],
    [KIND.Workflow, { contractRef: { name: 'release' } }],
  ] as const) {
    const before = await madeAnew(kind, spec);
    assert.ok(
      await conflict(
        applyStatus(client, kind, before, { observedGeneration: 1 }, { fieldManager: 'test', unchanged: true }),
      ),
      kind.kind,
    );
    const now = await read(kind);
    assert.is(now.status, undefined, kind.kind);
  }
});

test('without asking for the object to be unchanged it is told afterwards', async () => {
  const before = await madeAnew(KIND.Contract, { description: 'again' });
  const options = { fieldManager: 'test' };
  assert.ok(await conflict(writeStatus(client, KIND.Contract, before, { observedGeneration: 1 }, options)));
  const now = await read(KIND.Contract);
  assert.is(
    (await writeStatus(client, KIND.Contract, now, { observedGeneration: 1 }, options)).metadata.uid,
    now.metadata.uid,
  );
});

test.run();
