import { isDeepStrictEqual } from 'node:util';
import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import { LABEL_CLUSTER_CONTRACT, LABEL_CONTRACT, LABEL_MANAGED_BY, LABEL_WORKFLOW, MANAGED_BY } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import { isFinished } from '../api/run-verdict.ts';
import type {
  ClusterContract,
  ClusterPolicy,
  ClusterPolicyGroup,
  Contract,
  EvidenceStore,
  Policy,
  PolicyGroup,
  Subscription,
  TrustRoot,
  Waiver,
  Workflow,
  WorkflowRun,
} from '../api/types.gen.ts';
import type { Change, Indexers } from '../kube/store.ts';
import { keyOf } from '../kube/store.ts';
import type { Priority } from '../queue/workqueue.ts';
import { attachedKeys, countsOfAttached } from './attachments.ts';
import type { ControllerRevision } from './context.ts';
import { isEcho, itself, later, one } from './enqueue.ts';
import { groupLooks, groupsOfPolicy } from './group-looks.ts';
import { countsOfTaken, memberKeys, takenKeys } from './group-members.ts';
import type { LookUp } from './look-up.ts';
import { ownerKeys, sourceKeys, sourceLooks } from './owner-looks.ts';
import { countOfNew, countsOfJudged, judgedBy } from './policy-counts.ts';
import { policyLooks } from './policy-looks.ts';
import { readsFrom, withoutSource } from './policy-source.ts';
import { storeLooks } from './store-looks.ts';
import { readsConfigMap } from './trustroot-source.ts';
import { countsOfSelected, waivedPolicy, waiversOfPolicy } from './waived.ts';

/** The kinds that have a queue of their own. */
export type QueueName =
  | 'contracts'
  | 'clustercontracts'
  | 'workflows'
  | 'workflowruns'
  | 'workflowsources'
  | 'evidencestores'
  | 'trustroots'
  | 'policies'
  | 'clusterpolicies'
  | 'policycounts'
  | 'clusterpolicycounts'
  | 'waivers'
  | 'subscriptions'
  | 'policygroups'
  | 'clusterpolicygroups';

/** One key for one queue; some changes can wait for others that come with them. */
export interface Enqueue {
  readonly queue: QueueName;
  readonly key: string;
  readonly afterMs?: number;
  /** No sooner than so long after the last time; with `afterMs`. */
  readonly apartMs?: number;
  /**
   * Of what follows from another change, and of what is mostly an echo of our own writes: it comes in crowds, and somebody
   * who waits for a new object must not wait for them. Absent, it is live.
   */
  readonly priority?: Priority;
}

/** What is watched of a kind, and what a change of it makes worth another look. */
export interface SourceRule<T extends KubeObject> {
  readonly kind: ResourceKind;
  readonly labelSelector?: string;
  /** Only what lies in Proviso's own namespace. */
  readonly isOwnNamespace?: boolean;
  /** What of an object is kept; absent, all of it. */
  readonly keeps?: (object: T) => T;
  readonly indexers: Indexers<T>;
  readonly enqueues: (change: Change<T>, lookUp: LookUp) => readonly Enqueue[];
}

const OURS = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;
/** Several runs of a workflow may end at once, and be archived right after; its counters needn't follow each. */
const SETTLE = { afterMs: 300, apartMs: 2_000 } as const;
/** What fills a run writes its progress too, most often: it is looked at whether that is so once it is left alone. */
const FILLING_MS = 1_000;
/** A ClusterContract may count thousands of workflows, each of which changes when it does. */
const COUNT_MS = 1_000;
/** What isn't looked at yet isn't ready; that comes within moments and tells of itself, unless something is wrong. */
const FIRST_LOOK_MS = 2_000;

const baselinesOf = ({ status }: Workflow): readonly string[] => status?.baselines?.map(({ name }) => name) ?? [];

/** What a workflow takes from its contract. */
const termsOf = ({ status }: Contract): string => {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  return JSON.stringify([
    status?.revision,
    status?.revisionName,
    status?.revisionDigest,
    ready?.status,
    ready?.message,
  ]);
};

/** What workflows take from a ClusterContract: whether it governs them, and by what. */
const ruleOf = ({ spec, status }: ClusterContract): string => {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const { revision, revisionName, revisionDigest } = status ?? {};
  const terms = [revision, revisionName, revisionDigest, ready?.status, ready?.message];
  return JSON.stringify([spec.namespaceSelector, spec.workflowSelector, ...terms]);
};

/** What a workflow counts and keeps a run by: all but what it is filled with. */
const countedOf = ({ metadata, spec, status }: WorkflowRun): string => {
  const { startTime, finishTime, conditions } = status ?? {};
  return JSON.stringify([metadata.labels, spec.contract, startTime, finishTime, conditions]);
};

/** What ClusterContracts count a workflow by. */
const countedBy = ({ metadata, status }: Workflow): string => JSON.stringify([metadata.labels, status?.baselines]);

const counted = (names: readonly string[]): readonly Enqueue[] =>
  [...new Set(names)].map((key) => ({ queue: 'clustercontracts', key, afterMs: COUNT_MS, priority: 'backlog' }));

/** What contracts take from a trusted root: whether they may use it, and whether it is good. */
const offerOf = ({ spec, status }: TrustRoot): string => {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  return JSON.stringify([spec.default, spec.namespaces, ready?.status, ready?.message]);
};

/** An object that was provisioned for a workflow: its change may be drift. */
const owned = (kind: ResourceKind): SourceRule<KubeObject> => ({
  kind,
  labelSelector: OURS,
  indexers: {},
  enqueues: ({ object, initial }) => {
    const workflow = object.metadata.labels?.[LABEL_WORKFLOW];
    if (workflow === undefined || initial) return [];
    return [{ queue: 'workflows', key: `${object.metadata.namespace}/${workflow}`, priority: 'backlog' }];
  },
});

/** Everything that the operator watches. */
export const SOURCES = {
  contracts: {
    kind: KIND.Contract,
    indexers: { policy: attachedKeys, group: takenKeys },
    enqueues: (change, lookUp) => {
      const { object, before, initial } = change;
      // Its counter of workflows, for one, is nothing to them: with thousands of them each new one would touch all.
      const isSame = before !== undefined && termsOf(before) === termsOf(object);
      const workflows = initial || isSame ? [] : lookUp.workflowsOf(keyOf(object.metadata));
      return [
        one('contracts', object),
        ...workflows.map((each) => later('workflows', each)),
        ...countsOfAttached(change),
        ...countsOfTaken(change),
      ];
    },
  } satisfies SourceRule<Contract>,
  clusterContracts: {
    kind: KIND.ClusterContract,
    indexers: { policy: attachedKeys, group: takenKeys },
    enqueues: (change, lookUp) => {
      const { object, before, initial } = change;
      const itself = isEcho(change) ? later('clustercontracts', object) : one('clustercontracts', object);
      const own = [itself, ...countsOfAttached(change), ...countsOfTaken(change)];
      if (initial || (before !== undefined && ruleOf(before) === ruleOf(object))) return own;
      const touched = [object, ...(before === undefined ? [] : [before])].flatMap((each) =>
        lookUp.workflowsUnder(each),
      );
      const isNew = change.type === 'added' && object.status === undefined;
      const wait = isNew ? { afterMs: FIRST_LOOK_MS } : {};
      return [...own, ...[...new Set(touched)].map((each) => ({ ...later('workflows', each), ...wait }))];
    },
  } satisfies SourceRule<ClusterContract>,
  /** Their labels say which ClusterContracts govern in them. */
  namespaces: {
    kind: KIND.Namespace,
    indexers: {},
    enqueues: ({ object, before, type, initial }, lookUp) => {
      const isSame = before !== undefined && isDeepStrictEqual(before.metadata.labels, object.metadata.labels);
      if (initial || isSame || type === 'deleted') return [];
      const workflows = lookUp.workflowsIn(object.metadata.name);
      const names = workflows.flatMap((each) => [...lookUp.governing(each), ...baselinesOf(each)]);
      return [...workflows.map((each) => later('workflows', each)), ...counted(names)];
    },
  } satisfies SourceRule<KubeObject>,
  workflows: {
    kind: KIND.Workflow,
    indexers: {
      contract: ({ metadata, spec }) => [`${metadata.namespace}/${spec.contractRef.name}`],
      namespace: ({ metadata }) => [metadata.namespace ?? ''],
      baseline: baselinesOf,
      source: sourceKeys,
    },
    enqueues: (change, lookUp) => {
      const { object, type, before, initial } = change;
      const contractOf = ({ metadata, spec }: Workflow): string => `${metadata.namespace}/${spec.contractRef.name}`;
      // A contract counts its workflows, which a mere change of status doesn't alter.
      const states = type === 'modified' ? (before === undefined ? [] : [before, object]) : [object];
      const contracts = [...new Set(states.map(contractOf))];
      const isSame = type === 'modified' && contracts.length === 1;
      const isSameToBaselines = initial || (before !== undefined && countedBy(before) === countedBy(object));
      return [
        itself('workflows', change),
        ...(isSame ? [] : contracts.map((key) => ({ queue: 'contracts', key, priority: 'backlog' }) as const)),
        ...(isSameToBaselines
          ? []
          : counted(states.flatMap((each) => [...lookUp.governing(each), ...baselinesOf(each)]))),
        ...countsOfSelected(change, lookUp),
        ...sourceLooks(change),
      ];
    },
  } satisfies SourceRule<Workflow>,
  runs: {
    kind: KIND.WorkflowRun,
    indexers: {
      workflow: ({ metadata, spec }) => [`${metadata.namespace}/${spec.workflowRef.name}`],
      policy: judgedBy,
      owner: ownerKeys,
    },
    enqueues: (change) => {
      const { object, type, before, initial } = change;
      const key = `${object.metadata.namespace}/${object.spec.workflowRef.name}`;
      const isFilled = !initial && !isFinished(object);
      const isSame =
        initial || (before !== undefined && type === 'modified' && countedOf(before) === countedOf(object));
      return [
        ...(type === 'deleted'
          ? []
          : [{ ...one('workflowruns', object), ...(isFilled ? { afterMs: FILLING_MS } : {}) }]),
        ...(isSame ? [] : [{ queue: 'workflows', key, ...SETTLE, priority: 'backlog' } as const]),
        ...countsOfJudged(change),
      ];
    },
  } satisfies SourceRule<WorkflowRun>,
  evidenceStores: {
    kind: KIND.EvidenceStore,
    indexers: {},
    enqueues: storeLooks,
  } satisfies SourceRule<EvidenceStore>,
  trustRoots: {
    kind: KIND.TrustRoot,
    indexers: {},
    enqueues: (change, lookUp) => {
      const { object, type, before, initial } = change;
      const isSame = initial || (before !== undefined && offerOf(before) === offerOf(object));
      const users = isSame
        ? []
        : [
            ...lookUp.keylessContracts().map((each) => later('contracts', each)),
            ...lookUp.keylessClusterContracts().map((each) => later('clustercontracts', each)),
          ];
      if (isEcho(change)) return [later('trustroots', object), ...users];
      const own = type === 'deleted' ? users : [one('trustroots', object), ...users];
      // Which one is the default may have been changed by it.
      const others = initial ? [] : lookUp.trustRoots().filter(({ spec }) => spec.default === true);
      return [...own, ...others.map((root) => later('trustroots', root))];
    },
  } satisfies SourceRule<TrustRoot>,
  policies: {
    kind: KIND.Policy,
    indexers: {},
    keeps: withoutSource,
    enqueues: (change, lookUp) => [
      ...policyLooks('policies', change, lookUp),
      ...waiversOfPolicy('policies', change, lookUp),
      ...groupsOfPolicy('policies', change, lookUp),
      ...countOfNew('policies', change),
    ],
  } satisfies SourceRule<Policy>,
  clusterPolicies: {
    kind: KIND.ClusterPolicy,
    indexers: {},
    keeps: withoutSource,
    enqueues: (change, lookUp) => [
      ...policyLooks('clusterpolicies', change, lookUp),
      ...waiversOfPolicy('clusterpolicies', change, lookUp),
      ...groupsOfPolicy('clusterpolicies', change, lookUp),
      ...countOfNew('clusterpolicies', change),
    ],
  } satisfies SourceRule<ClusterPolicy>,
  policyGroups: {
    kind: KIND.PolicyGroup,
    indexers: { policy: memberKeys },
    enqueues: (change, lookUp) => groupLooks(change, lookUp),
  } satisfies SourceRule<PolicyGroup>,
  clusterPolicyGroups: {
    kind: KIND.ClusterPolicyGroup,
    indexers: { policy: memberKeys },
    enqueues: (change, lookUp) => groupLooks(change, lookUp),
  } satisfies SourceRule<ClusterPolicyGroup>,
  waivers: {
    kind: KIND.Waiver,
    indexers: { namespace: ({ metadata }) => [metadata.namespace ?? ''], policy: waivedPolicy },
    enqueues: (change) => {
      if (change.type === 'deleted') return [];
      return [isEcho(change) ? later('waivers', change.object) : one('waivers', change.object)];
    },
  } satisfies SourceRule<Waiver>,
  subscriptions: {
    kind: KIND.Subscription,
    indexers: {},
    // What the receiver tells of deliveries is no echo of ours, and nothing to look at either.
    enqueues: (change) => (change.type === 'deleted' || isEcho(change) ? [] : [one('subscriptions', change.object)]),
  } satisfies SourceRule<Subscription>,
  /** What trust roots are read from and kept in, and what policies are read from. */
  configMaps: {
    kind: KIND.ConfigMap,
    isOwnNamespace: true,
    indexers: {},
    enqueues: ({ object, initial }, lookUp) => {
      if (initial) return [];
      const { name, namespace = '' } = object.metadata;
      return [
        ...lookUp.trustRoots().flatMap((root) => (readsConfigMap(root, name) ? [one('trustroots', root)] : [])),
        ...lookUp.policiesIn(namespace).flatMap((each) => (readsFrom(each, name) ? [one('policies', each)] : [])),
        ...lookUp.clusterPolicies().flatMap((each) => (readsFrom(each, name) ? [one('clusterpolicies', each)] : [])),
      ];
    },
  } satisfies SourceRule<KubeObject>,
  revisions: {
    kind: KIND.ControllerRevision,
    labelSelector: OURS,
    indexers: {},
    enqueues: ({ object, type, initial }, lookUp) => {
      if (initial || type === 'added') return [];
      const { labels = {}, namespace, name } = object.metadata;
      const baseline = labels[LABEL_CLUSTER_CONTRACT];
      if (baseline !== undefined) return [{ queue: 'clustercontracts', key: baseline }];
      const contract = labels[LABEL_CONTRACT];
      if (contract === undefined) return [];
      const key = `${namespace}/${contract}`;
      const pinned = lookUp.workflowsOf(key).filter(({ status }) => status?.contract?.revisionName === name);
      return [{ queue: 'contracts', key }, ...pinned.map((each) => later('workflows', each))];
    },
  } satisfies SourceRule<ControllerRevision>,
  serviceAccounts: owned(KIND.ServiceAccount),
  roles: owned(KIND.Role),
  roleBindings: owned(KIND.RoleBinding),
} as const;
