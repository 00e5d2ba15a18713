/** The ConfigMap in Proviso's namespace with what receiver and signatures are checked against. */
export const TRUST_CONFIG_MAP = 'proviso-trust';
/** The key of each ConfigMap here, and of the operator's own Secret, that holds a Sigstore trusted root. */
export const TRUSTED_ROOT = 'trusted_root.json';
/** Name of the ConfigMap in Proviso's namespace that holds the document of a TrustRoot. */
export const trustRootConfigMap = (trustRoot: string): string => `proviso-trust-root-${trustRoot}`;

/** The TrustRoot with the cluster's own authorities. */
export const CLUSTER_TRUST_ROOT = 'proviso-cluster';

/** The Secret in Proviso's namespace with the authority that signing certificates are issued by. */
export const SIGNING_CA_SECRET = 'proviso-signing-ca';

/** The Secret in Proviso's namespace with the key that signs the control plane's statements. */
export const CONTROL_PLANE_SECRET = 'proviso-control-plane-key';
