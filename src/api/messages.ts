import type { ContractMessage } from './contract-messages.ts';
import type { ProblemCode } from './problems.ts';
import type { Trust } from './trust.ts';
import type {
  RecordedAttestation,
  RecordedMaterial,
  RecordedStatement,
  RecordedWaiver,
  RunCommit,
  RunCurrent,
  RunPolicies,
  WorkflowRunStatus,
} from './types.gen.ts';

/** What a run still owes, with a hint what to type. */
export interface MissingMessage {
  readonly name: string;
  readonly hint: string;
}

export interface CompletenessMessage {
  readonly required: number;
  readonly present: number;
  readonly complete: boolean;
  readonly missing: readonly MissingMessage[];
  /** Materials that are missing and needn't be there, since a Waiver says so; absent: none. */
  readonly waived?: readonly string[];
}

/** What a pipeline says of its commit. */
export interface CommitMessage extends Omit<RunCommit, 'proven' | 'signature'> {
  /**
   * The commit as git has it (`git cat-file commit`), base64, of up to 64 KiB: its hash has to be `sha`, and author, date,
   * message and signature are read from it, whatever is said of them besides.
   */
  readonly object?: string;
}

/** Body of `POST /v1/runs`. */
export interface InitRequest {
  readonly workflow: string;
  /** Default: that of the caller's service account. */
  readonly namespace?: string;
  readonly runner?: { readonly type?: string; readonly url?: string };
  readonly commit?: CommitMessage;
  readonly environment?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Makes opening twice the same, for callers without a pod. */
  readonly idempotencyKey?: string;
  /** Answers as if, and writes nothing. */
  readonly dryRun?: boolean;
}

/** A run as it stands. */
export interface RunMessage {
  readonly namespace: string;
  readonly run: string;
  /** Absent in a dry run. */
  readonly uid?: string;
  readonly workflow: string;
  /** The pipeline in the cluster whose one run this is; absent for runs of callers without a pod. */
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly contract: ContractMessage;
  readonly succeeded: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly deadline: string;
  readonly startTime?: string;
  /** Where it ran, as far as it is known. */
  readonly runner?: string;
  /** Whether that was proven, and not only said. */
  readonly runnerProven?: boolean;
  /** The variables that the contract asked for. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the attestation. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly materials: readonly RecordedMaterial[];
  readonly completeness: CompletenessMessage;
  /** What policies said of the run; of materials it stands with them. Absent: nothing so far. */
  readonly policies?: RunPolicies;
  /** What it would come to by what is in force now, as far as that was looked at. */
  readonly current?: RunCurrent;
  /** The Waivers that the verdict relies on; absent: none. */
  readonly waivers?: readonly RecordedWaiver[];
  /** Attestations that were refused; absent: none was. */
  readonly refusals?: NonNullable<WorkflowRunStatus['refusals']>;
  readonly attestation?: RecordedAttestation;
  /** What the control plane signed about it. */
  readonly statements?: readonly RecordedStatement[];
  /** What the attestation can be checked against, once it is there. */
  readonly verification?: VerificationMessage;
}

/** Whom the signers of a run are held to, and what the control plane's statements are checked against. */
export interface VerificationMessage extends Trust {
  /** Of the contract revision, `sha256:…`. */
  readonly contractDigest: string;
  /** Roots of the signers that can't be had now, by name: nothing can be checked against them. */
  readonly missingRoots?: Readonly<Record<string, Unavailable>>;
  /** Keys and identity of the control plane: `control-plane-keys.json` as it is published. Absent: they can't be had now. */
  readonly controlPlaneKeys?: string;
  readonly missingKeys?: Unavailable;
}

/** Why something can't be had now, as a refusal that needs it would say it. */
export interface Unavailable {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly hint?: string;
}

/** Answer to `POST …/evaluation`: what a run that is over would come to by what is in force now. */
export interface EvaluationMessage {
  readonly namespace: string;
  readonly run: string;
  readonly workflow: string;
  /** Its verdict, which stays. */
  readonly was: { readonly succeeded: string; readonly reason: string; readonly revision: number };
  /** Whether it would be accepted now, and nothing would be said against it. */
  readonly isCurrent: boolean;
  readonly reason: string;
  readonly message: string;
  readonly current: RunCurrent;
}

/** In which way a run has to do with a digest. */
export type Reference =
  | { readonly role: 'material'; readonly name: string; readonly type: string }
  | { readonly role: 'attestation' }
  | { readonly role: 'statement'; readonly predicateType: string }
  | { readonly role: 'evaluations'; readonly of: string };

/** A run that a digest belongs to. */
export interface Referrer extends RunSummary {
  readonly references: readonly Reference[];
}

/** Answer to `GET /v1/referrers/{digest}`: the newest first, as far as the caller may see them. */
export interface ReferrersMessage {
  readonly digest: string;
  readonly items: readonly Referrer[];
}

/** One line of a list of runs. */
export interface RunSummary {
  readonly namespace: string;
  readonly run: string;
  readonly workflow: string;
  readonly succeeded: string;
  readonly reason: string;
  readonly materials: string;
  readonly signer: string;
  readonly startTime: string;
}

export interface RunListMessage {
  readonly items: readonly RunSummary[];
}

/** One run in the archive. */
export interface ArchivedRun {
  readonly namespace: string;
  readonly run: string;
  readonly workflow: string;
  readonly project?: string;
  readonly team?: string;
  readonly contract: string;
  readonly revision: number;
  readonly succeeded: string;
  readonly reason: string;
  readonly runner: string;
  readonly commit?: string;
  readonly signer?: string;
  readonly startTime: string;
  readonly finishTime: string;
  /** From opening to verdict. */
  readonly seconds: number;
}

/** Answer to `GET /v1/archive/runs`: the newest first. */
export interface ArchivedRunsMessage {
  readonly items: readonly ArchivedRun[];
  /** The `cursor` of the next page; absent on the last. */
  readonly next?: string;
}

/** What archived runs are asked for by, as parameters of the receiver and flags of the CLI. */
export const ARCHIVE_FILTERS = [
  ...(['workflow', 'project', 'team', 'succeeded', 'reason'] as const),
  ...(['since', 'until', 'digest', 'commit', 'signer', 'policy', 'outcome'] as const),
];
export type ArchiveFilter = (typeof ARCHIVE_FILTERS)[number];

/** What the runs of one workflow, team or project in one period add up to. */
export interface ArchiveTotal {
  readonly namespace: string;
  /** The workflow, team or project; empty for runs without one. */
  readonly of: string;
  /** `2026-11-28`, `2026-11`, or empty for all time, in UTC. */
  readonly period: string;
  readonly accepted: number;
  readonly failed: number;
  /** Mean, from opening to verdict. */
  readonly seconds: number;
}

/** Answer to `GET /v1/archive/totals`: the latest period first. */
export interface TotalsMessage {
  readonly by: string;
  readonly items: readonly ArchiveTotal[];
}

/** What a policy says; `Failed` when it isn't known. */
export const POLICY_OUTCOMES = ['Passed', 'Violated', 'Skipped', 'Failed'] as const;
export type PolicyOutcome = (typeof POLICY_OUTCOMES)[number];

/** What one policy said of the runs of one period. */
export interface PolicyTotal {
  readonly kind: 'Policy' | 'ClusterPolicy';
  readonly policy: string;
  /** Of the Policy; empty for a ClusterPolicy, whose line has the runs of all namespaces that were asked for. */
  readonly namespace: string;
  /** `2026-11-28`, `2026-11`, or empty for all time, in UTC. */
  readonly period: string;
  /** Runs that it was asked of. */
  readonly runs: number;
  /** How often it was asked, which is the sum of the next four. */
  readonly asked: number;
  readonly passed: number;
  readonly violated: number;
  readonly skipped: number;
  readonly failed: number;
  /** How often a Waiver excused what it objected to. */
  readonly waived: number;
}

/** Answer to `GET /v1/archive/policies`: the latest period first. */
export interface PolicyTotalsMessage {
  readonly items: readonly PolicyTotal[];
}

/** A digest, what it is to a run, and how many runs away from the digest that was asked for. */
export interface DigestEdge {
  readonly digest: string;
  readonly role: 'output' | 'input' | 'attestation' | 'statement' | 'evaluations';
  /**
   * The name of the material, or the predicate type of the statement; of what policies said that of the material or the phase; empty
   * for the attestation.
   */
  readonly name: string;
  /** The type of the material; empty for others. */
  readonly type: string;
  readonly namespace: string;
  readonly run: string;
  readonly workflow: string;
  readonly succeeded: string;
  /** 1 for runs that name the digest itself. */
  readonly distance: number;
}

/** Answer to `GET /v1/archive/discover/{digest}`. */
export interface DiscoveryMessage {
  readonly digest: string;
  readonly direction: 'origins' | 'uses';
  /** What each run that was gone through names, nearest runs first. */
  readonly edges: readonly DigestEdge[];
  /** Whether there was more than is gone through. */
  readonly truncated: boolean;
}

/** Answer to a material. */
export interface MaterialMessage {
  readonly material: RecordedMaterial;
  readonly completeness: CompletenessMessage;
}

/** Body of `POST …/cancel`. */
export interface CancelRequest {
  readonly trigger: 'failure' | 'cancellation';
  readonly reason?: string;
}

/** Body and answer of `POST /v1/signing/certificate`. */
export interface CertificateRequest {
  readonly csr: string;
}
export interface CertificateMessage {
  /** PEM, leaf first, then the authority that has issued it; its root is published, and needn't be sent. */
  readonly certificateChain: readonly string[];
  readonly identity: string;
  readonly notAfter: string;
}

/** Answer to `GET /v1/evidence/{digest}?link=true`. */
export interface EvidenceLinkMessage {
  /** Whoever has it can read these bytes until then; they come from the store itself, whose reader has to check the digest. */
  readonly url: string;
  /** RFC 3339. */
  readonly expirationTime: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Answer to `GET` and `POST /v1/archive/rebuild`. */
export interface RebuildMessage {
  /** Each evidence store, with what came of the archive records in it; the rest is absent until all of them are read. */
  readonly stores: readonly {
    readonly name: string;
    /** When they were read, RFC 3339. */
    readonly time?: string;
    /** Runs that came into the archive by it. */
    readonly archived?: number;
    /** Records of runs that the archive had already. */
    readonly present?: number;
    /** Objects that say they are records and aren't. */
    readonly refused?: number;
  }[];
}

/** Answer to `GET /v1/archive/retention`: what would be removed now. */
export interface RetentionMessage {
  /** Each evidence store that has a retention. */
  readonly stores: readonly {
    readonly name: string;
    readonly enforcement: 'Enforce' | 'Audit';
    /** Runs that no rule keeps. */
    readonly expired: number;
    /** Those of them that are kept all the same. */
    readonly kept: number;
    /** Materials, attestations and statements that nothing would refer to without the others, and their bytes. */
    readonly objects: number;
    readonly bytes: number;
  }[];
  /** The expired runs, by store and workflow, the newest first; the first 500. */
  readonly runs: readonly {
    readonly namespace: string;
    readonly run: string;
    readonly workflow: string;
    readonly succeeded: string;
    readonly finishTime: string;
    readonly store: string;
    /** Why it is kept all the same. */
    readonly keptBy?: string;
  }[];
  /** Whether every evidence store was looked through for records of runs; else nothing is removed. */
  readonly complete: boolean;
}
