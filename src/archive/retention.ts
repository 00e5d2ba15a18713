import { parseDuration } from '../api/duration.ts';
import type { ArchiveDatabase, RunTable } from './tables.ts';

/** What keeps runs, as EvidenceStores and Workflows say it. Durations such as `2160h`. */
export interface Retention {
  readonly keepFor?: string;
  readonly keepAcceptedFor?: string;
  readonly keepLast?: number;
}

/** Which runs nothing keeps. */
export interface Expiry {
  /** Accepted ones that finished before this, RFC 3339 in UTC with milliseconds. */
  readonly accepted: string;
  /** The same of others. */
  readonly failed: string;
  /** But for so many of the newest of their workflow. */
  readonly keepLast: number;
}

/** What is left when every rule keeps what it keeps; at least one is needed. */
export function expiryOf(rules: readonly Retention[], now: Date): Expiry {
  const before = (duration: string | undefined): number =>
    now.getTime() - (parseDuration(duration ?? '0s') ?? 0) * 1000;
  const earliest = (times: readonly number[]): string => new Date(Math.min(...times)).toISOString();
  return {
    accepted: earliest(rules.map(({ keepFor, keepAcceptedFor }) => before(keepAcceptedFor ?? keepFor))),
    failed: earliest(rules.map(({ keepFor }) => before(keepFor))),
    keepLast: Math.max(...rules.map(({ keepLast = 0 }) => keepLast)),
  };
}

/** Whose runs are looked at. */
export interface RunsOf {
  readonly workflowUid: string;
  /** Names of EvidenceStores. */
  readonly stores: readonly string[];
}

export type ExpiredRun = Pick<
  RunTable,
  | 'uid'
  | 'namespace'
  | 'name'
  | 'workflow'
  | 'succeeded'
  | 'started'
  | 'finished'
  | 'document'
  | 'store'
  | 'record_digest'
>;

const COLUMNS = [
  ...(['uid', 'namespace', 'name', 'workflow', 'succeeded', 'started', 'finished'] as const),
  ...(['document', 'store', 'record_digest'] as const),
];

/** The runs of a workflow that nothing keeps any more, the newest first, from behind the last one of the page before. */
export async function expiredRuns(
  database: ArchiveDatabase,
  { workflowUid, stores }: RunsOf,
  { accepted, failed, keepLast }: Expiry,
  limit: number,
  after?: Pick<RunTable, 'started' | 'uid'>,
): Promise<readonly ExpiredRun[]> {
  const last = keepLast === 0 ? undefined : await newest(database, workflowUid, keepLast);
  if (keepLast > 0 && last === undefined) return [];
  const ends = [last, after].filter((end) => end !== undefined);
  return database
    .selectFrom('runs')
    .select(COLUMNS)
    .where('workflow_uid', '=', workflowUid)
    .where('store', 'in', [...stores])
    .where(({ or, and, eb }) =>
      or([
        and([eb('succeeded', '=', 'True'), eb('finished', '<', accepted)]),
        and([eb('succeeded', '<>', 'True'), eb('finished', '<', failed)]),
      ]),
    )
    .where(({ and, eb, refTuple, tuple }) =>
      and(ends.map(({ started, uid }) => eb(refTuple('started', 'uid'), '<', tuple(started, uid)))),
    )
    .orderBy('started', 'desc')
    .orderBy('uid', 'desc')
    .limit(limit)
    .execute();
}

/** The run that has so many of its workflow that are as new or newer, itself among them. */
function newest(database: ArchiveDatabase, workflowUid: string, count: number) {
  return database
    .selectFrom('runs')
    .select(['started', 'uid'])
    .where('workflow_uid', '=', workflowUid)
    .orderBy('started', 'desc')
    .orderBy('uid', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst();
}

/** A workflow as its runs name it. */
export type ArchivedWorkflow = Pick<RunTable, 'workflow_uid' | 'namespace' | 'workflow'>;

/** The workflows that have runs of these stores in the archive. */
export const workflowsWith = (
  database: ArchiveDatabase,
  stores: readonly string[],
): Promise<readonly ArchivedWorkflow[]> =>
  database
    .selectFrom('runs')
    .select(['workflow_uid', 'namespace', 'workflow'])
    .distinct()
    .where('store', 'in', [...stores])
    .orderBy('workflow_uid')
    .execute();
