import type { MaterialType } from '../api/material-types.ts';

/** An annotation that a contract fixes (`value` given) or asks for (`value` absent or empty). */
export interface ContractAnnotation {
  readonly name: string;
  readonly value?: string;
}

/** One material that a run owes or may hand in. */
export interface ContractMaterial {
  readonly name: string;
  readonly type: MaterialType;
  readonly description?: string;
  readonly optional: boolean;
  readonly output: boolean;
  /** At least one material of the same group must be there; `optional` has no effect then. */
  readonly group?: string;
  /** Record the digest and the facts, keep no bytes. */
  readonly skipUpload: boolean;
  readonly annotations: readonly ContractAnnotation[];
}

/** A public key whose signature a push may carry, as the operator resolved it. */
export interface KeySigner {
  readonly kind: 'key';
  /** SPKI PEM. */
  readonly publicKey: string;
  /** `SHA256:` and the base64 SHA-256 of the SPKI DER. */
  readonly fingerprint: string;
}

export type ContractSigner = KeySigner;

/**
 * What a run owes, with every default filled in and every reference resolved. It is the `data` of the ControllerRevision
 * that a run is pinned to, so it never changes; the receiver and the CLI judge by nothing else.
 */
export interface EffectiveContract {
  readonly name: string;
  readonly description?: string;
  readonly materials: readonly ContractMaterial[];
  readonly envAllowList: readonly string[];
  /** Absent: any runner. */
  readonly runner?: string;
  readonly annotations: readonly ContractAnnotation[];
  readonly enforcement: 'Enforce' | 'Audit';
  /** Empty: the identity that opened the run, by a certificate of the cluster CA. */
  readonly signers: readonly ContractSigner[];
  /** Seconds from init to push. */
  readonly deadlineSeconds: number;
}
