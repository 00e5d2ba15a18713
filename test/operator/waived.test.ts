import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import type { Policy, Waiver, Workflow } from '../../src/api/types.gen.ts';
import { type Change, createStore, type Indexers } from '../../src/kube/store.ts';
import type { OperatorStores } from '../../src/operator/context.ts';
import { createLookUp } from '../../src/operator/look-up.ts';
import { SOURCES, type SourceRule } from '../../src/operator/sources.ts';

const test = suite('what enqueues waivers');

const waiver = (namespace: string, name: string, spec: Partial<Waiver['spec']>, generation = 1): Waiver => ({
  metadata: { name, namespace, uid: name, generation },
  spec: {
    selector: { matchLabels: { app: 'legacy' } },
    ...{ owner: 'o', reason: 'r', expires: '2026-12-01T00:00:00Z', requestedBy: 'alice' },
    ...spec,
  },
});
const WAIVERS = [
  waiver('shop', 'own', { policy: { name: 'fresh' } }),
  waiver('shop', 'org', { policy: { kind: 'ClusterPolicy', name: 'fresh' } }),
  waiver('shop', 'material', { material: 'fresh', selector: { matchLabels: { app: 'new' } } }),
  waiver('other', 'own', { policy: { kind: 'Policy', name: 'fresh' } }),
];

/** The waivers that a change enqueues, and how. */
function enqueued<T extends KubeObject>(
  rule: SourceRule<T>,
  change: Omit<Change<T>, 'initial'> & { readonly initial?: boolean },
): readonly string[] {
  const waivers = createStore<Waiver>(SOURCES.waivers.indexers);
  for (const each of WAIVERS) waivers.put(each);
  const empty = Object.entries(SOURCES).map(
    ([name, { indexers }]) => [name, createStore(indexers as Indexers<KubeObject>)] as const,
  );
  const stores = { ...Object.fromEntries(empty), waivers } as unknown as OperatorStores;
  const lookUp = createLookUp(() => stores);
  return rule
    .enqueues({ initial: false, ...change }, lookUp)
    .filter(({ queue }) => queue === 'waivers')
    .map(({ key, afterMs = 0, priority = 'live' }) => `${key} ${priority} ${afterMs}`);
}

test('a policy that comes or goes is looked at by those of it alone, and one that changes by none', () => {
  const object: Policy = {
    metadata: { name: 'fresh', namespace: 'shop', uid: 'u' },
    spec: { source: { inline: 'x' } },
  };
  assert.equal(enqueued(SOURCES.policies, { type: 'added', object }), ['shop/own backlog 0']);
  assert.equal(enqueued(SOURCES.policies, { type: 'deleted', object }), ['shop/own backlog 0']);
  assert.equal(enqueued(SOURCES.policies, { type: 'modified', object, before: object }), []);
  assert.equal(enqueued(SOURCES.policies, { type: 'added', object, initial: true }), []);
  const ofCluster = { ...object, metadata: { name: 'fresh', uid: 'u' } };
  assert.equal(enqueued(SOURCES.clusterPolicies, { type: 'added', object: ofCluster }), ['shop/org backlog 0']);
});

test('a workflow is counted anew by those that select it now, or did', () => {
  const workflow = (labels: Readonly<Record<string, string>>, status = {}): Workflow => ({
    metadata: { name: 'w', namespace: 'shop', uid: 'w', generation: 1, labels },
    spec: { contractRef: { name: 'c' } },
    status,
  });
  const [old, young, plain] = [workflow({ app: 'legacy' }), workflow({ app: 'new' }), workflow({})];
  const legacy = ['shop/own backlog 1000', 'shop/org backlog 1000'];
  assert.equal(enqueued(SOURCES.workflows, { type: 'added', object: old }), legacy);
  assert.equal(enqueued(SOURCES.workflows, { type: 'deleted', object: old }), legacy);
  assert.equal(enqueued(SOURCES.workflows, { type: 'added', object: plain }), []);
  const moved = enqueued(SOURCES.workflows, { type: 'modified', object: young, before: old });
  assert.equal(moved, [...legacy, 'shop/material backlog 1000']);
  const ran = workflow({ app: 'legacy' }, { successRate: '92%' });
  assert.equal(enqueued(SOURCES.workflows, { type: 'modified', object: ran, before: old }), []);
  assert.equal(enqueued(SOURCES.workflows, { type: 'added', object: old, initial: true }), []);
});

test('a waiver that is made or approved goes before the echo of its status', () => {
  const [made, approved] = [waiver('shop', 'own', {}), waiver('shop', 'own', { approvedBy: 'bob' }, 2)];
  assert.equal(enqueued(SOURCES.waivers, { type: 'added', object: made }), ['shop/own live 0']);
  assert.equal(enqueued(SOURCES.waivers, { type: 'modified', object: approved, before: made }), ['shop/own live 0']);
  assert.equal(enqueued(SOURCES.waivers, { type: 'modified', object: made, before: made }), ['shop/own backlog 0']);
  assert.equal(enqueued(SOURCES.waivers, { type: 'deleted', object: made }), []);
});

test.run();
