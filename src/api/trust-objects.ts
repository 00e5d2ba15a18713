/** The ConfigMap in Proviso's namespace with what receiver and signatures are checked against. */
export const TRUST_CONFIG_MAP = 'proviso-trust';
/** Its key with the authorities for signing, a Sigstore trusted root. */
export const TRUSTED_ROOT = 'trusted_root.json';

/** The Secret in Proviso's namespace with the authority that signing certificates are issued by. */
export const SIGNING_CA_SECRET = 'proviso-signing-ca';
