import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import type {
  ClusterContract,
  ClusterContractSpec,
  ClusterContractStatus,
  Waiver,
  Workflow,
} from '../../src/api/types.gen.ts';
import { type Change, createStore } from '../../src/kube/store.ts';
import type { OperatorStores } from '../../src/operator/context.ts';
import { createLookUp } from '../../src/operator/look-up.ts';
import { type Enqueue, SOURCES, type SourceRule } from '../../src/operator/sources.ts';

const test = suite('what enqueues whom a cluster contract governs');

const TOP: ClusterContractSpec = { namespaceSelector: { matchLabels: { tier: 'top' } } };
const LOW: ClusterContractSpec = { namespaceSelector: { matchLabels: { tier: 'low' } } };

const namespace = (name: string, labels: Readonly<Record<string, string>>): KubeObject => ({
  metadata: { name, labels },
});
const workflow = (namespace: string, name: string, baselines: readonly string[] = [], labels = {}): Workflow => ({
  metadata: { name, namespace, uid: name, generation: 1, labels },
  spec: { contractRef: { name: 'c' } },
  status: { baselines: baselines.map((each) => ({ name: each, revision: 1, compliant: false })) },
});
const baseline = (spec: ClusterContractSpec, status?: ClusterContractStatus): ClusterContract => ({
  metadata: { name: 'org', uid: 'u', generation: 1 },
  spec,
  ...(status === undefined ? {} : { status }),
});

/** What is enqueued by a change among two workflows in each of two namespaces, one of which nothing is merged into yet. */
function enqueued<T extends KubeObject>(
  rule: SourceRule<T>,
  change: Omit<Change<T>, 'initial'> & { readonly initial?: boolean },
  existing: ClusterContract = baseline(TOP),
): readonly string[] {
  const [clusterContracts, workflows, namespaces, waivers] = [
    createStore<ClusterContract>(),
    createStore<Workflow>(SOURCES.workflows.indexers),
    createStore<KubeObject>(),
    createStore<Waiver>(SOURCES.waivers.indexers),
  ];
  clusterContracts.put(existing);
  for (const each of [
    workflow('high', 'a', ['org']),
    workflow('high', 'b'),
    workflow('deep', 'c'),
    workflow('deep', 'd'),
  ])
    workflows.put(each);
  for (const each of [namespace('high', { tier: 'top' }), namespace('deep', { tier: 'low' })]) namespaces.put(each);
  const lookUp = createLookUp(
    () => ({ clusterContracts, workflows, namespaces, waivers }) as unknown as OperatorStores,
  );
  return rule.enqueues({ initial: false, ...change }, lookUp).map(line);
}

const line = ({ queue, key, afterMs, priority = 'live' }: Enqueue): string =>
  `${queue} ${key} ${priority}${afterMs === undefined ? '' : ` after ${afterMs}`}`;
const backlog = (...keys: readonly string[]) => keys.map((key) => `workflows ${key} backlog`);
const rules: SourceRule<ClusterContract> = SOURCES.clusterContracts;

test('one that is new gets a moment to become ready before its workflows say that it is not', () => {
  assert.equal(enqueued(rules, { type: 'added', object: baseline(TOP) }), [
    'clustercontracts org live',
    'workflows high/a backlog after 2000',
    'workflows high/b backlog after 2000',
  ]);
  const initial = enqueued(rules, { type: 'added', object: baseline(TOP), initial: true });
  assert.equal(initial, ['clustercontracts org live']);
});

test('what it says, its readiness and its revision touch those that it governs, its counters nobody', () => {
  const change = (after: ClusterContractStatus) =>
    enqueued(rules, {
      type: 'modified',
      before: baseline(TOP, { revision: 1, workflows: 1 }),
      object: baseline(TOP, after),
    });
  assert.equal(change({ revision: 1, workflows: 2, compliant: 1 }), ['clustercontracts org backlog']);
  assert.equal(change({ revision: 2 }), ['clustercontracts org backlog', ...backlog('high/a', 'high/b')]);
  const condition = { type: 'Ready', status: 'False', reason: 'R', message: 'm', lastTransitionTime: 't' } as const;
  assert.equal(change({ revision: 1, conditions: [condition] }).length, 3);
});

test('another selector touches those that it governed, and those that it governs now; so does its end', () => {
  const moved = { ...baseline(LOW), metadata: { ...baseline(LOW).metadata, generation: 2 } };
  assert.equal(enqueued(rules, { type: 'modified', before: baseline(TOP), object: moved }), [
    'clustercontracts org live',
    ...backlog('deep/c', 'deep/d', 'high/a', 'high/b'),
  ]);
  assert.equal(enqueued(rules, { type: 'deleted', object: baseline(LOW) }), [
    'clustercontracts org live',
    ...backlog('deep/c', 'deep/d', 'high/a'),
  ]);
});

test('labels of a namespace touch its workflows and what governs them, nothing else of it does', () => {
  const rule: SourceRule<KubeObject> = SOURCES.namespaces;
  const object = namespace('high', { tier: 'top' });
  const change = (before: KubeObject) => enqueued(rule, { type: 'modified', before, object });
  assert.equal(change(namespace('high', {})), [
    ...backlog('high/a', 'high/b'),
    'clustercontracts org backlog after 1000',
  ]);
  assert.equal(change({ metadata: { ...object.metadata, annotations: { a: 'b' } } }), []);
  assert.equal(enqueued(rule, { type: 'added', object: namespace('empty', { tier: 'top' }) }), []);
  assert.equal(enqueued(rule, { type: 'added', object, initial: true }), []);
});

test('a workflow is counted anew when it comes, goes, or is governed otherwise, and not for each of its runs', () => {
  const rule: SourceRule<Workflow> = SOURCES.workflows;
  const counted = (change: Omit<Change<Workflow>, 'initial'>) =>
    enqueued(rule, change).filter((each) => each.startsWith('clustercontracts'));
  const before = workflow('high', 'a', ['org']);
  const again = ['clustercontracts org backlog after 1000'];
  assert.equal(counted({ type: 'added', object: workflow('high', 'e') }), again);
  assert.equal(counted({ type: 'added', object: workflow('deep', 'e') }), []);
  assert.equal(counted({ type: 'deleted', object: before }), again);
  assert.equal(counted({ type: 'modified', before, object: workflow('high', 'a', []) }), again);
  assert.equal(counted({ type: 'modified', before, object: workflow('high', 'a', ['org'], { x: 'y' }) }), again);
  const run = { ...before, status: { ...before.status, successRate: '50%' } };
  assert.equal(counted({ type: 'modified', before, object: run }), []);
});

test.run();
