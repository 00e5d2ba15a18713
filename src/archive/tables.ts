import type { Kysely } from 'kysely';

/** One finished run. Times are RFC 3339 in UTC with milliseconds, so that they sort as text. */
export interface RunTable {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly workflow: string;
  readonly workflow_uid: string;
  readonly project: string | null;
  readonly team: string | null;
  readonly contract: string;
  readonly contract_revision: number;
  /** `True` or `False`, of the condition Succeeded. */
  readonly succeeded: string;
  readonly reason: string;
  readonly started: string;
  readonly finished: string;
  readonly duration_ms: number;
  readonly runner: string;
  readonly commit_sha: string | null;
  /** Who signed the attestation, as it is shown. */
  readonly signer: string | null;
  readonly identity: string;
  /** The WorkflowRun as the API server had it, JSON. */
  readonly document: string;
}

/** What a digest is to a run. */
export type DigestRole = 'output' | 'input' | 'attestation' | 'statement';

/** One edge of the digest graph. */
export interface DigestTable {
  readonly run_uid: string;
  readonly digest: string;
  readonly role: DigestRole;
  /** The name of the material, or the predicate type of the statement; empty for the attestation. */
  readonly name: string;
  /** The type of the material; empty for others. */
  readonly type: string;
}

export interface ArchiveTables {
  readonly runs: RunTable;
  readonly digests: DigestTable;
}

/** The archive, whatever server keeps it. */
export type ArchiveDatabase = Kysely<ArchiveTables>;
