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
  /** Whether the schema of the format need not count; absent: it does. */
  readonly strict?: false;
  readonly annotations: readonly ContractAnnotation[];
  /** Who must have signed the image, any one of them; absent: nobody. */
  readonly signers?: readonly TrustedSigner[];
}

/** A policy that judges the runs of a contract, with its inputs filled in. */
export interface ContractPolicy {
  readonly kind: 'Policy' | 'ClusterPolicy';
  readonly name: string;
  readonly engine: 'CEL' | 'Rego';
  /** `sha256:…` of its source, which is in `policySources` of the contract. */
  readonly source: string;
  /** The types of materials that it judges; absent: it judges the attestation. */
  readonly types?: readonly MaterialType[];
  readonly phases: readonly PolicyPhase[];
  readonly inputs: Readonly<Record<string, string>>;
  /** The only material that it judges; absent: each of its types. */
  readonly material?: string;
  /** Whether what it objects to fails the run whatever the contract's enforcement is. */
  readonly gate: boolean;
  /** What it means when it has nothing to say. */
  readonly onSkip: 'Allow' | 'Warn' | 'Block';
  /** What of frameworks it is evidence for; absent: nothing is said of that. */
  readonly requirements?: readonly string[];
}

/** The step of a run at which a policy judges: before there is anything, each material as it is added, all at the end. */
export type PolicyPhase = 'Init' | 'Add' | 'Push';

/** What judges runs: policies, and their sources by digest. */
export interface AttachedPolicies {
  /** Absent: none. */
  readonly policies?: readonly ContractPolicy[];
  readonly policySources?: Readonly<Record<string, string>>;
}

/** Whose terms are part of a contract: a ClusterContract by the revision that was merged in. */
export interface BaselineSource {
  readonly name: string;
  readonly revision: number;
  /** `sha256:` and SHA-256, hex, of what the revision means. */
  readonly digest: string;
}

/**
 * What a run owes, with every default filled in and every reference resolved. It is the `data` of the ControllerRevision
 * that a run is pinned to, so it never changes; the receiver and the CLI judge by nothing else.
 */
export interface EffectiveContract extends AttachedPolicies {
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
  /** The ClusterContracts that are merged in, by name; absent: none. */
  readonly baselines?: readonly BaselineSource[];
}

/**
 * What a ClusterContract asks of each run that it governs, with the same members and defaults; the deadline only if it
 * states one. It is the `data` of its own ControllerRevisions.
 */
export interface BaselineTerms extends Omit<EffectiveContract, 'deadlineSeconds' | 'baselines'> {
  readonly deadlineSeconds?: number;
}

/** A ClusterContract's current revision. */
export interface Baseline extends BaselineSource {
  readonly terms: BaselineTerms;
}
