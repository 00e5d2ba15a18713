import { saidByPolicies } from '../api/run-evidence.ts';
import { verdictOf } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { resultsOf } from './policy-results.ts';
import type { DigestTable, PolicyResultTable, RunTable } from './tables.ts';

/** A finished run as it lies in the archive. */
export interface RunRows {
  readonly run: RunTable;
  readonly digests: readonly DigestTable[];
  readonly results: readonly PolicyResultTable[];
}

/** Where what a run's rows are made of is kept besides. */
export interface RecordPlace {
  readonly digest: string;
  /** When it was made, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
}

/** The run as it is archived, JSON. */
export const documentOf = (run: WorkflowRun): string => JSON.stringify(run);

/**
 * The rows of a finished run. `outputs` are the names of the materials that its contract calls its products: they are
 * what it made, all others what it was made with.
 */
export function rowsOf(run: WorkflowRun, outputs: ReadonlySet<string>, record: RecordPlace): RunRows {
  const { metadata, spec, status = {} } = run;
  const verdict = verdictOf(run);
  const results = resultsOf(run);
  const uid = metadata.uid ?? '';
  const started = utc(status.startTime ?? metadata.creationTimestamp ?? '');
  const finished = status.finishTime === undefined ? started : utc(status.finishTime);
  return {
    run: {
      uid,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      workflow: spec.workflowRef.name,
      workflow_uid: spec.workflowRef.uid,
      project: spec.project ?? null,
      team: spec.team ?? null,
      contract: spec.contract.name,
      contract_revision: spec.contract.revision,
      succeeded: verdict.status,
      reason: verdict.reason,
      started,
      finished,
      duration_ms: Math.min(MAX_INTEGER, Math.max(0, Date.parse(finished) - Date.parse(started))),
      runner: spec.runner.type,
      commit_sha: spec.commit?.sha ?? null,
      signer: status.attestation?.signer.display ?? null,
      identity: spec.identity.username,
      document: documentOf(run),
      record_digest: record.digest,
      record_time: record.time,
      store: spec.evidenceStoreName,
      judgements: results.length,
    },
    digests: digestsOf(run, uid, outputs),
    results,
  };
}

/** Of the column's type, in milliseconds: some 24 days. */
const MAX_INTEGER = 2 ** 31 - 1;

const utc = (time: string): string => new Date(time).toISOString();

function digestsOf(run: WorkflowRun, run_uid: string, outputs: ReadonlySet<string>): readonly DigestTable[] {
  const { status = {} } = run;
  const { materials = [], attestation, statements = [] } = status;
  const edge = (digest: string, role: DigestTable['role'], name = '', type = ''): DigestTable => ({
    ...{ run_uid, digest, role, name, type },
  });
  const edges = [
    ...materials.map(({ digest, name, type }) => edge(digest, outputs.has(name) ? 'output' : 'input', name, type)),
    ...(attestation === undefined ? [] : [edge(attestation.digest, 'attestation')]),
    ...statements.map(({ digest, predicateType }) => edge(digest, 'statement', predicateType)),
    ...saidByPolicies(run).map(({ digest, of }) => edge(digest, 'evaluations', of)),
  ];
  return [...new Map(edges.map((each) => [JSON.stringify([each.digest, each.role, each.name]), each])).values()];
}
