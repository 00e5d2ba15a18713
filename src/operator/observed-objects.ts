import { CONDITION, type Condition, findCondition } from '../api/conditions.ts';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { keyOf, type Store } from '../kube/store.ts';
import type { ObjectMetrics } from '../telemetry/object-metrics.ts';
import type { RunMetrics } from '../telemetry/run-metrics.ts';
import type { OperatorStores } from './context.ts';
import { createWorkflowGauges } from './workflow-gauges.ts';

type Metrics = ObjectMetrics & { readonly written: Pick<RunMetrics, 'drop'> };

interface Observing {
  readonly metrics: Metrics;
  readonly stores: OperatorStores;
  readonly archivedOnly: boolean;
}

/** What the objects add up to, as they are at a scrape: what is gone is no series any more. */
export interface ObservedObjects {
  changed(kind: ResourceKind, object: KubeObject): void;
  /** Looks again at the workflows that have changed since the last time, or whose runs have. */
  collect(context: Observing): void;
}

/** The condition Ready that an object of any kind may have. */
interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function createObservedObjects(): ObservedObjects {
  const workflows = createWorkflowGauges();
  return {
    changed(kind, object) {
      if (kind === KIND.Workflow) workflows.changed(keyOf(object.metadata));
      if (kind !== KIND.WorkflowRun) return;
      const { metadata, spec } = object as WorkflowRun;
      workflows.changed(keyOf({ namespace: metadata.namespace ?? '', name: spec.workflowRef.name }));
    },
    collect({ metrics, stores, archivedOnly }) {
      workflows.collect(metrics, stores, archivedOnly);
      countWaivers(metrics, stores);
      for (const [kind, store] of Object.entries(withReady(stores))) countReady(metrics, kind, store);
    },
  };
}

function countWaivers({ waivers }: Metrics, stores: OperatorStores): void {
  waivers.reset();
  for (const { metadata, status } of stores.waivers.list()) {
    const active = findCondition(status?.conditions, CONDITION.Active)?.status === 'True';
    waivers.inc({ namespace: metadata.namespace ?? '', active: String(active) });
  }
}

const withReady = (stores: OperatorStores): Readonly<Record<string, Store<Conditioned>>> => ({
  Contract: stores.contracts,
  ClusterContract: stores.clusterContracts,
  Workflow: stores.workflows,
  EvidenceStore: stores.evidenceStores,
  TrustRoot: stores.trustRoots,
  Policy: stores.policies,
  ClusterPolicy: stores.clusterPolicies,
  PolicyGroup: stores.policyGroups,
  ClusterPolicyGroup: stores.clusterPolicyGroups,
});

function countReady({ objects }: Metrics, kind: string, store: Store<Conditioned>): void {
  const counts = { True: 0, False: 0, Unknown: 0 };
  for (const { status } of store.list()) {
    counts[findCondition(status?.conditions, CONDITION.Ready)?.status ?? 'Unknown'] += 1;
  }
  for (const [ready, count] of Object.entries(counts)) objects.set({ kind, ready }, count);
}
