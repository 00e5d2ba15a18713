import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Policy, RecordedJudgement, WorkflowRun } from '../../src/api/types.gen.ts';
import { type Change, createStore } from '../../src/kube/store.ts';
import type { LookUp } from '../../src/operator/look-up.ts';
import { countJudgements } from '../../src/operator/policy-counts.ts';
import { SOURCES } from '../../src/operator/sources.ts';
import { type SampleRun, sampleRun } from '../archive/sample.ts';

const test = suite('what policies said, counted');

const judged = (policy: string, outcome: RecordedJudgement['outcome']): RecordedJudgement => ({
  ...{ kind: 'Policy', policy, outcome },
});
const run = (name: string, said: Readonly<Record<string, readonly RecordedJudgement[]>>, more?: Partial<SampleRun>) =>
  sampleRun({
    name,
    materials: Object.fromEntries(Object.keys(said).map((each) => [each, each])),
    judged: said,
    ...more,
  });
const both = run(
  'a',
  { sbom: [judged('x', 'Violated'), judged('y', 'Passed')], tests: [judged('x', 'Failed'), judged('z', 'Ignored')] },
  {
    evaluations: [
      { phase: 'Init', kind: 'ClusterPolicy', policy: 'x', outcome: 'Passed' },
      { phase: 'Push', kind: 'Policy', policy: 'x', outcome: 'Violated', material: 'sbom' },
    ],
  },
);

test('each that was asked, the last objection, and no other policy of the name', () => {
  const later = run('b', { sbom: [judged('x', 'Violated')] }, { started: '2026-11-03T10:00:00Z' });
  const other = run('c', { sbom: [judged('y', 'Violated')] }, { started: '2026-11-05T10:00:00Z' });
  const count = (kind: string, policy: string, ...runs: WorkflowRun[]) => countJudgements(runs, { kind, policy });
  assert.equal(count('Policy', 'x', both), {
    ...{ runs: 1, evaluated: 3, violated: 2, failed: 1 },
    lastViolationTime: both.status?.finishTime,
  });
  assert.equal(count('Policy', 'x', later, both, other), {
    ...{ runs: 2, evaluated: 4, violated: 3, failed: 1 },
    lastViolationTime: '2026-11-03T10:00:00.000Z',
  });
  assert.equal(count('ClusterPolicy', 'x', both, later), { runs: 1, evaluated: 1, violated: 0, failed: 0 });
  assert.equal(count('Policy', 'z', both), { runs: 0, evaluated: 0, violated: 0, failed: 0 });
});

test('runs are found by the policies that have judged them', () => {
  const runs = createStore<WorkflowRun>(SOURCES.runs.indexers);
  runs.put(both);
  runs.put(run('b', { sbom: [judged('x', 'Passed')] }, { namespace: 'bank' }));
  const found = (key: string) => runs.byIndex('policy', key).map(({ metadata }) => metadata.name);
  assert.equal(found('policies/shop/x'), ['a']);
  assert.equal(found('policies/bank/x'), ['b']);
  assert.equal(found('clusterpolicies/x'), ['a']);
  assert.equal(found('policies/shop/z'), []);
});

/** The counts that a change of a run enqueues. */
const enqueued = (change: Omit<Change<WorkflowRun>, 'initial'>, initial = false) =>
  SOURCES.runs
    .enqueues({ initial, ...change })
    .filter(({ queue }) => queue.endsWith('policycounts'))
    .map(({ queue, key, afterMs = 0 }) => `${queue} ${key} ${afterMs}`);
const ALL = ['policycounts shop/x 5000', 'policycounts shop/y 5000', 'clusterpolicycounts x 5000'];

test('a run that comes, goes, or is judged otherwise is counted, and one that changes else is not', () => {
  const unjudged: WorkflowRun = { ...both, status: { startTime: '2026-11-01T10:00:00.000Z' } };
  assert.equal(enqueued({ type: 'added', object: both }), ALL);
  assert.equal(enqueued({ type: 'deleted', object: both }), ALL);
  assert.equal(enqueued({ type: 'modified', before: unjudged, object: both }), ALL);
  assert.equal(enqueued({ type: 'modified', before: both, object: unjudged }), ALL);
  const labelled = { ...both, metadata: { ...both.metadata, labels: { a: 'b' } } };
  assert.equal(enqueued({ type: 'modified', before: both, object: labelled }), []);
  assert.equal(enqueued({ type: 'added', object: both }, true), [], 'every policy is counted after the first list');
});

test('a policy is counted when it comes, and not when it was counted', () => {
  const policy: Policy = { metadata: { name: 'x', namespace: 'shop', uid: '1' }, spec: { source: { inline: '' } } };
  const none = () => [];
  const nothing = { contractsAttaching: none, clusterContractsAttaching: none, waiversOf: none, groupsAttaching: none };
  const queues = (change: Omit<Change<Policy>, 'initial'>, initial = false) =>
    SOURCES.policies.enqueues({ initial, ...change }, nothing as unknown as LookUp).map(({ queue }) => queue);
  assert.ok(queues({ type: 'added', object: policy }).includes('policycounts'));
  assert.ok(queues({ type: 'added', object: policy }, true).includes('policycounts'));
  const another = { ...policy, metadata: { ...policy.metadata, uid: '2' } };
  assert.ok(queues({ type: 'modified', before: policy, object: another }).includes('policycounts'));
  const status = { evaluations: { runs: 1, evaluated: 1, violated: 0, failed: 0 } };
  assert.equal(
    queues({ type: 'modified', before: policy, object: { ...policy, status } }),
    [],
    'its source is not looked at again for a count',
  );
});

test.run();
