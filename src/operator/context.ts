import type { KubeObject } from '../api/object.ts';
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
import type { EffectiveContract } from '../contract/effective.ts';
import type { WebIdentity } from '../evidence/access.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import type { AllowedIssuers } from '../oidc/issuers.ts';
import type { PolicyEngines } from '../policy/engines.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { Copies } from './copies.ts';
import type { Owners } from './owner-watch.ts';

/** A contract's revision as the API server keeps it. */
export interface ControllerRevision<T = EffectiveContract> extends KubeObject {
  readonly data: T;
  readonly revision: number;
}

/** What the operator watches. */
export interface OperatorStores {
  /** Indexes `policy`: what it attaches, by `attachedKey`; `group`: what it takes in, by `takenKey`. */
  readonly contracts: Store<Contract>;
  /** Indexes `policy` and `group`, as of contracts. */
  readonly clusterContracts: Store<ClusterContract>;
  readonly namespaces: Store<KubeObject>;
  /** Indexes `contract`: `namespace/contract`, `namespace`, `baseline`: what is merged into its contract, and `source`: `kind` and `kind/namespace`. */
  readonly workflows: Store<Workflow>;
  /**
   * Indexes `workflow`: `namespace/workflow`, `policy`: what has judged it, by `attachedKey`, and `owner`: `namespace/uid` of what it is a
   * run of.
   */
  readonly runs: Store<WorkflowRun>;
  readonly evidenceStores: Store<EvidenceStore>;
  readonly trustRoots: Store<TrustRoot>;
  /** Without their sources. */
  readonly policies: Store<Policy>;
  /** Without their sources. */
  readonly clusterPolicies: Store<ClusterPolicy>;
  /** Index `policy`: what it attaches, by `attachedKey`. */
  readonly policyGroups: Store<PolicyGroup>;
  /** Index `policy`, as of groups of a namespace. */
  readonly clusterPolicyGroups: Store<ClusterPolicyGroup>;
  /** Indexes `namespace`, and `policy`: what it is an exception from, by `attachedKey`. */
  readonly waivers: Store<Waiver>;
  readonly subscriptions: Store<Subscription>;
  readonly revisions: Store<ControllerRevision>;
  readonly serviceAccounts: Store<KubeObject>;
  readonly roles: Store<KubeObject>;
  readonly roleBindings: Store<KubeObject>;
}

/** What every reconciler works with. */
export interface OperatorContext {
  readonly client: KubeClient;
  readonly stores: OperatorStores;
  /** The pipelines that Workflows have as their source. */
  readonly owners: Owners;
  readonly events: EventRecorder;
  readonly audit: AuditLog;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** Proviso's own namespace. */
  readonly namespace: string;
  /** Where pipelines find the receiver. */
  readonly endpoint: string;
  /** Whose tokens the installation takes. */
  readonly issuers: AllowedIssuers;
  /** Whether finished runs stay until they are archived. */
  readonly archivedOnly: boolean;
  /** What opens evidence stores that take it. */
  readonly webIdentity: WebIdentity;
  /** The PEM that the receiver's certificate is checked against, once it is made. */
  readonly servingCa: () => string | undefined;
  /** What says whether the sources of policies are any good. */
  readonly engines: PolicyEngines;
  /** What is copied from stores that are moved. */
  readonly copies: Copies;
  readonly now: () => Date;
  /** Aborted when the reconcile is cut, for what the client's own calls don't end with. */
  readonly signal: AbortSignal;
}

/** `minutes` with a spread of a tenth, in milliseconds, so that many objects don't come due at once. */
export const jittered = (minutes: number): number => minutes * 60_000 * (0.9 + 0.2 * Math.random());
