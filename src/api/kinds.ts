import { GROUP, VERSION } from './labels.ts';

/** Where a resource lives in the API: enough to build its path. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const own = (kind: string, plural: string, namespaced: boolean): ResourceKind => ({
  group: GROUP,
  version: VERSION,
  kind,
  plural,
  namespaced,
});
const core = (kind: string, plural: string): ResourceKind => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});

const admission = (kind: string, plural: string): ResourceKind => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind,
  plural,
  namespaced: false,
});

/** Every resource that Proviso reads or writes. */
export const KIND = {
  Contract: own('Contract', 'contracts', true),
  ClusterContract: own('ClusterContract', 'clustercontracts', false),
  Workflow: own('Workflow', 'workflows', true),
  WorkflowRun: own('WorkflowRun', 'workflowruns', true),
  EvidenceStore: own('EvidenceStore', 'evidencestores', false),
  TrustRoot: own('TrustRoot', 'trustroots', false),
  Policy: own('Policy', 'policies', true),
  ClusterPolicy: own('ClusterPolicy', 'clusterpolicies', false),
  Waiver: own('Waiver', 'waivers', true),
  Subscription: own('Subscription', 'subscriptions', true),
  PolicyGroup: own('PolicyGroup', 'policygroups', true),
  ClusterPolicyGroup: own('ClusterPolicyGroup', 'clusterpolicygroups', false),
  ControllerRevision: {
    group: 'apps',
    version: 'v1',
    kind: 'ControllerRevision',
    plural: 'controllerrevisions',
    namespaced: true,
  },
  Secret: core('Secret', 'secrets'),
  ConfigMap: core('ConfigMap', 'configmaps'),
  Namespace: { ...core('Namespace', 'namespaces'), namespaced: false },
  Pod: core('Pod', 'pods'),
  ServiceAccount: core('ServiceAccount', 'serviceaccounts'),
  Role: { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role', plural: 'roles', namespaced: true },
  RoleBinding: {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'RoleBinding',
    plural: 'rolebindings',
    namespaced: true,
  },
  Event: { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true },
  Lease: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true },
  ValidatingAdmissionPolicy: admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  ValidatingAdmissionPolicyBinding: admission('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
  TaskRun: { group: 'tekton.dev', version: 'v1', kind: 'TaskRun', plural: 'taskruns', namespaced: true },
  PipelineRun: { group: 'tekton.dev', version: 'v1', kind: 'PipelineRun', plural: 'pipelineruns', namespaced: true },
  ArgoWorkflow: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Workflow', plural: 'workflows', namespaced: true },
  Job: { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true },
} as const satisfies Record<string, ResourceKind>;
