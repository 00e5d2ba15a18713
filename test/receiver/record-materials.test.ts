// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { RecordedMaterial, WorkflowRun } from '../../src/api/types.gen.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { writeStatus } from '../../src/kube/apply.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connect.ts';
import { isStatus } from '../../src/kube/error.ts';
import { createStore } from '../../src/kube/store.ts';
import { createRecordMaterials } from '../../src/receiver/record-materials.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { recordedMaterial, succeeded, workflowRun } from '../support/workflow-run.ts';

const test = suite('record materials');
let plane: ControlPlane;
let client: KubeClient;
test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  await plane.kubectl(['create', 'namespace', 'shop']);
  client = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver')).client;
});
test.after(() => plane?.stop());

const contract = {
  materials: ['a', 'b', 'c'].map((name) => ({ name, type: 'ARTIFACT', required: true })),
} as unknown as EffectiveContract;

let count = 0;
/** A run that was just opened. */
async function opened(): Promise<WorkflowRun> {
  count += 1;
  const run = await client.create<WorkflowRun>(KIND.WorkflowRun, workflowRun(`build-${count}`, 'shop'));
  const status = { startTime: '2026-01-01T00:00:00Z', conditions: [succeeded('Unknown', 'Crafting')] };
  return writeStatus(client, KIND.WorkflowRun, run, status, { fieldManager: 'proviso-receiver' });
}

/** A receiver whose watch has shown these runs, and the patches that it sent. */
function receiver(...seen: readonly WorkflowRun[]) {
  const runs = createStore<WorkflowRun>();
  for (const run of seen) runs.put(run);
  const patches: number[] = [];
  const counting: KubeClient = {
    ...client,
    jsonPatch(kind, ref, patch, options) {
      patches.push(patch.length);
      return client.jsonPatch(kind, ref, patch, options);
    },
  };
  const recordMaterials = createRecordMaterials({ client: counting, runs });
  const record = (run: WorkflowRun, material: RecordedMaterial) =>
    recordMaterials(run.metadata.uid ?? '', { run, contract, material });
  return { record, patches };
}

const now = (run: WorkflowRun) => client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata);
const named = ({ status }: WorkflowRun) => status?.materials?.map(({ name }) => name).toSorted();
const ofOther = (name: string, more: Partial<RecordedMaterial> = {}): RecordedMaterial => ({
  ...recordedMaterial(name),
  digest: `sha256:${'c'.repeat(64)}`,
  ...more,
});

test('materials that come at once are in one write, with the progress that they make', async () => {
  const run = await opened();
  const { record, patches } = receiver();
  const written = await Promise.all(['a', 'b', 'c'].map((name) => record(run, recordedMaterial(name))));
  assert.is(patches.length, 1);
  assert.equal(named(await now(run)), ['a', 'b', 'c']);
  for (const each of written) assert.equal(each.status?.progress, { summary: '3/3', required: 3, present: 3 });
});

test('of a watch that lags, and beside another receiver, nothing is lost and nothing is written over', async () => {
  const run = await opened();
  const [one, other] = [receiver(run), receiver(run)];
  await Promise.all(['a', 'b'].map((name) => one.record(run, recordedMaterial(name))));
  await Promise.all([other.record(run, recordedMaterial('c')), one.record(run, recordedMaterial('d'))]);
  const after = await now(run);
  assert.equal(named(after), ['a', 'b', 'c', 'd']);
  // Each has counted what it knew of; the operator counts them all a moment later.
  assert.is(after.status?.progress?.required, 3);
});

test('other content under a name is refused, be it of another receiver, of this one, or of the same moment', async () => {
  const run = await opened();
  const { record } = receiver(run);
  await receiver(run).record(run, recordedMaterial('a'));
  const late = await record(run, ofOther('a')).catch((error: unknown) => error);
  assert.ok(isStatus(late, 422), String(late));
  const both = await Promise.allSettled([record(run, recordedMaterial('b')), record(run, ofOther('b'))]);
  assert.equal(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const after = await now(run);
  assert.equal(named(after), ['a', 'b']);
  assert.is(after.status?.materials?.find(({ name }) => name === 'a')?.digest, recordedMaterial('a').digest);
});

test('what replaces other content has nothing left of it', async () => {
  const run = await opened();
  const { record } = receiver(run);
  await Promise.all([
    record(run, { ...recordedMaterial('a'), filename: 'old.txt' }),
    record(run, recordedMaterial('b')),
  ]);
  const next = ofOther('a', { replaced: 1 });
  const after = await record(run, next);
  assert.equal(
    after.status?.materials?.find(({ name }) => name === 'a'),
    next,
  );
  assert.equal(named(after), ['a', 'b']);
});

test('one that is refused takes none of its neighbours with it', async () => {
  const run = await opened();
  const { record } = receiver(run);
  const wrong = { ...recordedMaterial('b'), digest: 'none' };
  const all = await Promise.allSettled([
    record(run, recordedMaterial('a')),
    record(run, wrong),
    record(run, recordedMaterial('c')),
  ]);
  assert.equal(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(named(await now(run)), ['a', 'c']);
});

test('a run that was made anew under the name gets nothing, and neither does one that is gone', async () => {
  const before = await opened();
  const { record } = receiver(before);
  await plane.kubectl(['delete', 'workflowrun', '-n', 'shop', before.metadata.name]);
  const gone = await record(before, recordedMaterial('a')).catch((error: unknown) => error);
  assert.ok(isStatus(gone, 404), String(gone));
  const anew = await client.create<WorkflowRun>(KIND.WorkflowRun, workflowRun(before.metadata.name, 'shop'));
  await writeStatus(client, KIND.WorkflowRun, anew, { startTime: '2026-01-01T00:00:00Z' }, { fieldManager: 'test' });
  const other = await record(before, recordedMaterial('a')).catch((error: unknown) => error);
  assert.ok(isStatus(other, 409), String(other));
  assert.is(named(await now(anew)), undefined);
});

test('a run whose receiver was killed before it wrote a status takes materials all the same', async () => {
  count += 1;
  const run = await client.create<WorkflowRun>(KIND.WorkflowRun, workflowRun(`build-${count}`, 'shop'));
  const after = await receiver(run).record(run, recordedMaterial('a'));
  assert.equal(named(after), ['a']);
  assert.is(after.status?.conditions?.[0]?.reason, 'Crafting');
});

test.run();
