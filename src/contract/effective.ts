import type { MaterialType } from '../api/material-types.ts';
import type { TrustedSigner } from '../api/trust.ts';

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
  /** Whether what the pipeline says of its runner isn't enough; absent: it is. */
  readonly runnerProven?: true;
  readonly annotations: readonly ContractAnnotation[];
  readonly enforcement: 'Enforce' | 'Audit';
  /** Empty: the identity that opened the run, by a certificate of the cluster CA. */
  readonly signers: readonly TrustedSigner[];
  /** How many different ones of them must have signed; absent: one. */
  readonly signerThreshold?: number;
  /** Seconds from init to push. */
  readonly deadlineSeconds: number;
}
