import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { PolicyOutcome } from '../api/messages.ts';
import type { ArchiveDatabase, ArchiveTables, RunTable } from './tables.ts';

/** Which runs are asked for; what is absent doesn't count. */
export interface RunFilter {
  /** Those that the caller may read; an empty list finds nothing. */
  readonly namespaces: readonly string[];
  readonly workflow?: string;
  readonly project?: string;
  readonly team?: string;
  readonly succeeded?: 'True' | 'False';
  readonly reason?: string;
  /** Started then or later, RFC 3339 in UTC with milliseconds. */
  readonly since?: string;
  /** Started before. */
  readonly until?: string;
  /** Named by a material, the attestation or a statement. */
  readonly digest?: string;
  /** The commit, or how it begins. */
  readonly commit?: string;
  /** A part of how the signer is shown. */
  readonly signer?: string;
  /** A policy that was asked of it, of either kind. */
  readonly policy?: string;
  /** What that policy said, or any policy if none is named. */
  readonly outcome?: PolicyOutcome;
}

/** Where a page ended. */
export interface PageEnd {
  readonly started: string;
  readonly uid: string;
}

export type ListedRun = Omit<
  RunTable,
  'document' | 'workflow_uid' | 'record_digest' | 'record_time' | 'store' | 'judgements'
>;

const COLUMNS = [
  ...(['uid', 'namespace', 'name', 'workflow', 'project', 'team', 'contract', 'contract_revision'] as const),
  ...(['succeeded', 'reason', 'started', 'finished', 'duration_ms', 'runner'] as const),
  ...(['commit_sha', 'signer', 'identity'] as const),
];

/** The runs that fit, the newest first, from behind the end of the page before. */
export function listRuns(
  database: ArchiveDatabase,
  filter: RunFilter,
  limit: number,
  after?: PageEnd,
): Promise<readonly ListedRun[]> {
  if (filter.namespaces.length === 0) return Promise.resolve([]);
  return database
    .selectFrom('runs')
    .select(COLUMNS)
    .where((build) => build.and(conditionsOf(build, filter)))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('started', 'uid'), '<', tuple(after?.started ?? '', after?.uid ?? '')),
      ),
    )
    .orderBy('started', 'desc')
    .orderBy('uid', 'desc')
    .limit(limit)
    .execute();
}

/** What a filter asks of a run. */
export function conditionsOf(
  build: ExpressionBuilder<ArchiveTables, 'runs'>,
  filter: RunFilter,
): Expression<SqlBool>[] {
  const { namespaces, since, until, digest, commit, signer } = filter;
  const equal = (['workflow', 'project', 'team', 'succeeded', 'reason'] as const).flatMap((column) => {
    const wanted = filter[column];
    return wanted === undefined ? [] : [build(column, '=', wanted)];
  });
  return [
    build('namespace', 'in', [...namespaces]),
    ...equal,
    ...(since === undefined ? [] : [build('started', '>=', since)]),
    ...(until === undefined ? [] : [build('started', '<', until)]),
    ...(commit === undefined ? [] : [build('commit_sha', '>=', commit), build('commit_sha', '<', `${commit}g`)]),
    ...(signer === undefined ? [] : [sql<SqlBool>`signer like ${`%${escaped(signer)}%`} escape '!'`]),
    ...(digest === undefined
      ? []
      : [
          build.exists(
            build
              .selectFrom('digests')
              .select(sql`1`.as('one'))
              .whereRef('digests.run_uid', '=', 'runs.uid')
              .where('digests.digest', '=', digest),
          ),
        ]),
    ...judgedBy(build, filter),
  ];
}

/** One policy has said it: that another one did is no answer. */
function judgedBy(
  build: ExpressionBuilder<ArchiveTables, 'runs'>,
  { policy, outcome }: RunFilter,
): Expression<SqlBool>[] {
  if (policy === undefined && outcome === undefined) return [];
  let asked = build
    .selectFrom('policy_results')
    .select(sql`1`.as('one'))
    .whereRef('policy_results.run_uid', '=', 'runs.uid');
  if (policy !== undefined) asked = asked.where('policy_results.policy', '=', policy);
  if (outcome !== undefined) asked = asked.where('policy_results.outcome', '=', outcome);
  return [build.exists(asked)];
}

/** A text of which each character stands for itself in LIKE. */
const escaped = (text: string): string => text.replaceAll(/[!%_]/g, '!$&');

/** The namespaces that have runs in the archive. */
export async function archivedNamespaces(database: ArchiveDatabase): Promise<readonly string[]> {
  const rows = await database.selectFrom('runs').select('namespace').distinct().orderBy('namespace').execute();
  return rows.map(({ namespace }) => namespace);
}

/** The runs that name a digest, as the API server had them, JSON, the newest first. */
export async function documentsNaming(
  database: ArchiveDatabase,
  digest: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('runs')
    .select('document')
    .where('uid', 'in', (build) => build.selectFrom('digests').select('run_uid').where('digest', '=', digest))
    .orderBy('started', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ document }) => document);
}
