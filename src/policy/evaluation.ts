/** What a policy is asked about. */
export interface PolicyQuery {
  /** What it judges: the content of a material as JSON, or the statement of an attestation; a value, or `WrittenJson`. */
  readonly input: unknown;
  /** What the attachment gives it, by name; where it gives nothing, the default. Texts as they were written. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The material that `input` is the content of; absent for an attestation. */
  readonly material?: PolicyMaterial;
  readonly run: PolicyRun;
  /** The time that it is judged by, RFC 3339. */
  readonly now: string;
}

export interface PolicyMaterial {
  readonly name: string;
  /** Of the contract, such as `SBOM_CYCLONEDX_JSON`. */
  readonly type: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PolicyRun {
  readonly namespace: string;
  readonly name: string;
  readonly workflow: string;
  readonly project?: string;
  readonly team?: string;
}

/** Something that a policy objects to. */
export interface Violation {
  /** What it is about, such as a component; of a policy that says nothing, its own name. */
  readonly subject: string;
  /** For people. */
  readonly message: string;
  /** The same for programs, JSON. */
  readonly finding?: Readonly<Record<string, unknown>>;
  /** Told, and no reason to refuse anything. */
  readonly suppressed?: boolean;
}

/** What came of one evaluation. */
export type PolicyOutcome =
  | {
      readonly kind: 'evaluated';
      readonly violations: readonly Violation[];
      /** How many more there are; absent: none. An engine tells a limited number of them. */
      readonly omitted?: number;
    }
  /** The policy has nothing to say about such an input, for these reasons. */
  | { readonly kind: 'skipped'; readonly reasons: readonly string[] }
  /** The policy wants no trace of this evaluation. */
  | { readonly kind: 'ignored' }
  /** It isn't known what the policy says, so its gate is closed. */
  | { readonly kind: 'failed'; readonly failure: PolicyFailure };

export interface PolicyFailure {
  readonly reason: 'Timeout' | 'OutOfMemory' | 'Error' | 'InvalidResult' | 'EngineUnavailable';
  readonly message: string;
}

/** Where a source is no good, and why. Lines and columns count from 1. */
export interface SourceFinding {
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** Why it isn't known whether the source is good; absent where it is known that it isn't. */
  readonly reason?: PolicyFailure['reason'];
}

/** What runs the sources of one kind. */
export interface PolicyEngine {
  /** What is wrong with a source; nothing if it can be evaluated. */
  check(source: string): Promise<readonly SourceFinding[]>;
  /** `name` of the policy, for violations without a subject. Never throws for what a source does. */
  evaluate(name: string, source: string, query: PolicyQuery): Promise<PolicyOutcome>;
  /** Of the program that it runs, such as `1.22.4`; undefined where it runs none, or none that can be used. */
  version(): Promise<string | undefined>;
  /** Ends what it runs. */
  close(): Promise<void>;
}
