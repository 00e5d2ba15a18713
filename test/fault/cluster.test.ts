// deadline: 480
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Contract, Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { Operated, RECEIVER } from '../support/operated.ts';
import { faults } from './survived.ts';

let operated: Operated;
const test = faults(
  'faults of a real cluster',
  "the operator works again by itself, the invariants of every object's conditions",
);
test.before(async () => {
  operated = await Operated.start();
  await operated.apply('Contract', 'release', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  await operated.apply('Workflow', 'build', { contractRef: { name: 'release' } });
  await operated.untilReason('workflow.proviso.dev', 'build', 'Ready');
});
test.after(async () => {
  await operated?.stop();
});

/** A fault, after which the operator must converge without help and every object must be readable. */
const fault = (name: string, work: () => Promise<void>): void =>
  test(name, async () => {
    await work();
    await operated.assertInvariants();
  });

/** A new contract becomes Ready only if the operator watches, leads and writes. */
async function assertWorks(name: string): Promise<void> {
  await operated.apply('Contract', name, { description: name });
  const isReady = async () => {
    const { status } = await operated.read<Contract>('contract', name);
    return findCondition(status?.conditions, CONDITION.Ready)?.status === 'True';
  };
  await eventually(`contract ${name} to be Ready`, isReady);
}

fault('kill -9 of etcd and of the API server', async () => {
  await operated.plane.outage();
  await assertWorks('after-outage');
});

fault('etcd restored from an older snapshot', async () => {
  const backup = join(operated.plane.dir, 'backup');
  await operated.plane.outage((data) => cp(data, backup, { recursive: true }));
  await operated.apply('Contract', 'lost', { description: 'after the snapshot' });
  await operated.untilReason('contract', 'lost', 'Ready');
  await operated.apply('Contract', 'release', { materials: [{ name: 'b', type: 'ARTIFACT' }] });
  await eventually('the second revision', async () => {
    return (await operated.read<Contract>('contract', 'release')).status?.revision === 2;
  });
  await operated.plane.outage(async (data) => {
    await rm(data, { recursive: true });
    await cp(backup, data, { recursive: true });
  });
  await assertWorks('after-restore');
  // What was lost comes again under versions that were seen before, with other content.
  await operated.apply('Contract', 'lost', { description: 'again' });
  await operated.untilReason('contract', 'lost', 'Ready');
  await operated.apply('Contract', 'release', { materials: [{ name: 'c', type: 'ARTIFACT' }] });
  // Its number may be 2 or 3: what the operator last knew of the contract may have been looked at once more.
  const release = await eventually('a revision of what it says now', async () => {
    const found = await operated.read<Contract>('contract', 'release');
    const { observedGeneration, revisionName = '' } = found.status ?? {};
    if (observedGeneration !== found.metadata.generation) return false;
    const kept = await operated.kubectl(
      `get controllerrevision -n shop ${revisionName} -o jsonpath={.data.materials[*].name}`,
    );
    return kept === 'c' && found;
  });
  await eventually('the workflow to follow it', async () => {
    const { status } = await operated.read<Workflow>('workflow.proviso.dev', 'build');
    return status?.contract?.revisionName === release.status?.revisionName;
  });
});

fault('rights revoked and given back', async () => {
  const role = JSON.parse(await operated.kubectl('get clusterrole proviso-operator -o json'));
  await operated.kubectl('delete clusterrole proviso-operator');
  await operated.apply('Contract', 'without-rights', { description: 'x' });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.is((await operated.read<Contract>('contract', 'without-rights')).status, undefined);
  const { resourceVersion: _, uid: __, ...metadata } = role.metadata;
  await operated.kubectl('create -f -', JSON.stringify({ ...role, metadata }));
  await operated.untilReason('contract', 'without-rights', 'Ready');
});

/** No garbage collector runs here. */
async function collectGarbage(owner: string): Promise<void> {
  const kinds = ['serviceaccount', 'role', 'rolebinding', 'secret'];
  const found = JSON.parse(await operated.kubectl(`get -n shop ${kinds.join()} -o json`)) as { items: Owned[] };
  for (const { kind, metadata } of found.items) {
    if (metadata.ownerReferences?.every(({ uid }) => uid === owner) !== true) continue;
    await operated.kubectl(`delete -n shop ${kind} ${metadata.name} --ignore-not-found`);
  }
}

type Owned = KubeObject & { readonly kind: string };

fault('an object made anew under the same name', async () => {
  const before = await operated.read<Workflow>('workflow.proviso.dev', 'build');
  await operated.kubectl('delete -n shop workflow.proviso.dev build --wait=false');
  await operated.apply('Workflow', 'build', { contractRef: { name: 'release' } });
  const after = await eventually('the new workflow to be Ready', async () => {
    await collectGarbage(before.metadata.uid ?? '');
    return operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready', 1);
  });
  assert.is.not(after.metadata.uid, before.metadata.uid);
  const account = await operated.kubectl('get sa -n shop proviso-build -o jsonpath={.metadata.ownerReferences[0].uid}');
  assert.is(account, after.metadata.uid);
});

fault('a namespace that is being deleted', async () => {
  await operated.kubectl('create namespace doomed');
  await operated.kubectl('apply -n doomed -f -', manifest('Contract', 'release', {}));
  await operated.kubectl('delete namespace doomed --wait=false');
  // Nothing can be created there any more.
  await operated.kubectl('annotate -n doomed contract release touched=1');
  await assertWorks('while-one-is-deleted');
  await operated.kubectl('delete -n doomed contract release');
});

fault('the clock an hour ahead, back, and an hour behind', async () => {
  const { uid } = (await operated.read<Workflow>('workflow.proviso.dev', 'build')).metadata;
  const run = manifest('WorkflowRun', 'jump', {
    workflowRef: { name: 'build', uid },
    contract: { name: 'release', revision: 1, revisionName: 'gone', digest: `sha256:${'ab'.repeat(32)}` },
    identity: { username: 'somebody' },
    runKey: 'jump',
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime: new Date(Date.now() + 1_800_000).toISOString(),
  });
  await operated.kubectl(`create -n shop -f - --as ${RECEIVER}`, run);
  await new Promise((resolve) => setTimeout(resolve, 500));
  operated.ahead = 3_600_000;
  await eventually('the deadline to be seen', async () => {
    const { status } = await operated.read<WorkflowRun>('workflowrun', 'jump');
    return findCondition(status?.conditions, CONDITION.Succeeded)?.reason === 'Expired';
  });
  operated.ahead = 0;
  await assertWorks('after-the-jump');
  operated.ahead = -3_600_000;
  await assertWorks('an-hour-behind');
  await operated.untilReason('workflow.proviso.dev', 'build', 'Ready');
  operated.ahead = 0;
  await assertWorks('on-time-again');
  await operated.untilReason('workflow.proviso.dev', 'build', 'Ready');
});

fault('a definition deleted and made again', async () => {
  const file = new URL('../../crds/proviso.dev_contracts.yaml', import.meta.url).pathname;
  await operated.kubectl(`delete -f ${file}`);
  await operated.untilReason('workflow.proviso.dev', 'build', 'ContractNotFound');
  await operated.kubectl(`apply -f ${file}`);
  await operated.kubectl(`wait --for=condition=Established --timeout=30s -f ${file}`);
  await operated.apply('Contract', 'release', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  await operated.untilReason('workflow.proviso.dev', 'build', 'Ready');
});

test.run();
