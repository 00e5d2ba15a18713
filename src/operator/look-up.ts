import type {
  ClusterContract,
  ClusterPolicy,
  Contract,
  EvidenceStore,
  Policy,
  TrustRoot,
  Waiver,
  Workflow,
} from '../api/types.gen.ts';
import type { Store } from '../kube/store.ts';
import { type Attached, attachedKey } from './attachments.ts';
import type { OperatorStores } from './context.ts';
import { governedBy, governs } from './governance.ts';
import { type AnyPolicyGroup, type Taken, takenAs, takenKey } from './group-members.ts';
import { listedSigners } from './terms.ts';

/** What else a change may touch. */
export interface LookUp {
  /** The workflows that owe a contract, by its key. */
  workflowsOf(contract: string): readonly Workflow[];
  workflowsIn(namespace: string): readonly Workflow[];
  /** Those that a ClusterContract governs, or is merged into the contract of. */
  workflowsUnder(contract: ClusterContract): readonly Workflow[];
  allWorkflows(): readonly Workflow[];
  /** The names of those that govern a workflow. */
  governing(workflow: Workflow): readonly string[];
  evidenceStores(): readonly EvidenceStore[];
  trustRoots(): readonly TrustRoot[];
  policiesIn(namespace: string): readonly Policy[];
  clusterPolicies(): readonly ClusterPolicy[];
  /** Those that attach a policy, themselves or by a group that they take in. */
  contractsAttaching(policy: Attached): readonly Contract[];
  clusterContractsAttaching(policy: Attached): readonly ClusterContract[];
  waiversIn(namespace: string): readonly Waiver[];
  /** Those that are exceptions from a policy, by `attachedKey`. */
  waiversOf(policy: string): readonly Waiver[];
  /** The groups that attach a policy. */
  groupsAttaching(policy: Attached): readonly AnyPolicyGroup[];
  /** Those that take in a group. */
  contractsTaking(group: Taken): readonly Contract[];
  clusterContractsTaking(group: Taken): readonly ClusterContract[];
  /** Those whose signers are checked against a trusted root. */
  keylessContracts(): readonly Contract[];
  keylessClusterContracts(): readonly ClusterContract[];
}

export function createLookUp(stores: () => OperatorStores): LookUp {
  return {
    workflowsOf: (contract) => stores().workflows.byIndex('contract', contract),
    workflowsIn: (namespace) => stores().workflows.byIndex('namespace', namespace),
    workflowsUnder: (contract) => [
      ...governedBy(stores(), contract),
      ...stores().workflows.byIndex('baseline', contract.metadata.name),
    ],
    allWorkflows: () => stores().workflows.list(),
    governing(workflow) {
      const namespace = stores().namespaces.get({ name: workflow.metadata.namespace ?? '' });
      if (namespace === undefined) return [];
      const contracts = stores().clusterContracts.list();
      return contracts.filter((each) => governs(each, workflow, namespace)).map(({ metadata }) => metadata.name);
    },
    evidenceStores: () => stores().evidenceStores.list(),
    trustRoots: () => stores().trustRoots.list(),
    policiesIn: (namespace) =>
      stores()
        .policies.list()
        .filter(({ metadata }) => metadata.namespace === namespace),
    clusterPolicies: () => stores().clusterPolicies.list(),
    contractsAttaching: (policy) => attaching(stores().contracts, stores(), policy),
    clusterContractsAttaching: (policy) => attaching(stores().clusterContracts, stores(), policy),
    waiversIn: (namespace) => stores().waivers.byIndex('namespace', namespace),
    waiversOf: (policy) => stores().waivers.byIndex('policy', policy),
    groupsAttaching: (policy) => groupsAttaching(stores(), policy),
    contractsTaking: (group) => stores().contracts.byIndex('group', takenKey(group)),
    clusterContractsTaking: (group) => stores().clusterContracts.byIndex('group', takenKey(group)),
    keylessContracts: () => stores().contracts.list().filter(isKeyless),
    keylessClusterContracts: () => stores().clusterContracts.list().filter(isKeyless),
  };
}

const groupsAttaching = (
  { policyGroups, clusterPolicyGroups }: OperatorStores,
  policy: Attached,
): readonly AnyPolicyGroup[] =>
  [policyGroups, clusterPolicyGroups].flatMap((store: Store<AnyPolicyGroup>) =>
    store.byIndex('policy', attachedKey(policy)),
  );

function attaching<T extends Contract | ClusterContract>(
  contracts: Store<T>,
  stores: OperatorStores,
  policy: Attached,
): readonly T[] {
  const taking = groupsAttaching(stores, policy).flatMap((each) => contracts.byIndex('group', takenKey(takenAs(each))));
  return [...new Set([...contracts.byIndex('policy', attachedKey(policy)), ...taking])];
}

const isKeyless = ({ spec }: Contract | ClusterContract): boolean =>
  listedSigners(spec).some(({ keyless }) => keyless !== undefined);
