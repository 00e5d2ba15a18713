/** The API group of every Proviso resource. */
export const GROUP = 'proviso.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** The audience that a token must carry to be accepted by the receiver. */
export const AUDIENCE = 'proviso';

/** The virtual verb on `workflows.proviso.dev/<name>` that lets an identity hand in evidence. */
export const SUBMIT_VERB = 'submit';

/** The right to have the archive rebuilt from evidence stores, of the cluster's EvidenceStores. */
export const REBUILD_VERB = 'rebuild';

/** Labels on every object that the operator or the receiver creates. */
export const LABEL_MANAGED_BY = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'proviso';
export const LABEL_WORKFLOW = `${GROUP}/workflow`;
export const LABEL_CONTRACT = `${GROUP}/contract`;
export const LABEL_CLUSTER_CONTRACT = `${GROUP}/cluster-contract`;
export const LABEL_TRUST_ROOT = `${GROUP}/trust-root`;

/** On a WorkflowRun, Workflow, namespace or EvidenceStore: nothing of it is removed. Its value is for people. */
export const LABEL_LEGAL_HOLD = `${GROUP}/legal-hold`;

/** On a WorkflowRun: in which trace it was opened (W3C Trace Context). */
export const ANNOTATION_TRACEPARENT = `${GROUP}/traceparent`;

/** Name of the ServiceAccount, Role, RoleBinding and token Secret that the operator provisions for a Workflow. */
export const submitterName = (workflow: string): string => `proviso-${workflow}`;
