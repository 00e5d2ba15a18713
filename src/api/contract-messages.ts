/** One material of the contract, as the CLI shows it. */
export interface ContractMaterialMessage {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly optional: boolean;
  readonly output: boolean;
  readonly group?: string;
  readonly skipUpload: boolean;
  readonly strict?: false;
  readonly annotations: readonly { readonly name: string; readonly value?: string }[];
  /** Who must have signed the image, any one of them: fingerprints of keys, and subjects; absent: nobody. */
  readonly signers?: readonly string[];
}

/** One policy of the contract, as the CLI shows it. */
export interface ContractPolicyMessage {
  readonly kind: string;
  readonly name: string;
  /** The types of materials that it judges; absent: the attestation. */
  readonly types?: readonly string[];
  readonly phases: readonly string[];
  /** The only material that it judges. */
  readonly material?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly gate: boolean;
}

/** The contract that a run is judged by, as far as a pipeline needs to know it. */
export interface ContractMessage {
  readonly name: string;
  readonly revision: number;
  readonly revisionName: string;
  readonly materials: readonly ContractMaterialMessage[];
  readonly envAllowList: readonly string[];
  readonly annotations: readonly { readonly name: string; readonly value?: string }[];
  /** Absent: any runner. */
  readonly runner?: string;
  /** Whether what the pipeline says of its runner isn't enough. */
  readonly runnerProven?: boolean;
  /** Who may sign, keys by their fingerprint; none: a certificate of the cluster's authority. */
  readonly signers: readonly string[];
  /** How many of them must have signed; absent: one. */
  readonly signerThreshold?: number;
  /** What an objection of a policy means, but for those with a gate. */
  readonly enforcement: 'Enforce' | 'Audit';
  /** Absent: none judge. */
  readonly policies?: readonly ContractPolicyMessage[];
}

/** One revision of a contract. */
export interface RevisionMessage {
  readonly revision: number;
  readonly revisionName: string;
  /** Of what it means, `sha256:…`. */
  readonly digest: string;
  readonly createdTime: string;
  /** Whether new runs are opened with it. */
  readonly inForce: boolean;
  /** Whether its content isn't the one that it was made with: runs that are pinned to it are refused. */
  readonly altered: boolean;
  /** What it means, with every default filled in. */
  readonly contract: unknown;
}

/** Answer to `GET …/contracts/{contract}/revisions`: the newest first. */
export interface RevisionListMessage {
  readonly contract: string;
  readonly items: readonly RevisionMessage[];
}
