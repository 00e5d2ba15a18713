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
import { type Attached, attachedKey } from './attachments.ts';
import type { OperatorStores } from './context.ts';
import { governedBy, governs } from './governance.ts';
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
  /** Those that attach a policy. */
  contractsAttaching(policy: Attached): readonly Contract[];
  clusterContractsAttaching(policy: Attached): readonly ClusterContract[];
  waiversIn(namespace: string): readonly Waiver[];
  /** Those that are exceptions from a policy, by `attachedKey`. */
  waiversOf(policy: string): readonly Waiver[];
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
    contractsAttaching: (policy) => stores().contracts.byIndex('policy', attachedKey(policy)),
    clusterContractsAttaching: (policy) => stores().clusterContracts.byIndex('policy', attachedKey(policy)),
    waiversIn: (namespace) => stores().waivers.byIndex('namespace', namespace),
    waiversOf: (policy) => stores().waivers.byIndex('policy', policy),
    keylessContracts: () => stores().contracts.list().filter(isKeyless),
    keylessClusterContracts: () => stores().clusterContracts.list().filter(isKeyless),
  };
}

const isKeyless = ({ spec }: Contract | ClusterContract): boolean =>
  listedSigners(spec).some(({ keyless }) => keyless !== undefined);
