import { sql } from 'kysely';
import type { ArchiveTotal } from '../api/messages.ts';
import { conditionsOf, type RunFilter } from './runs.ts';
import type { ArchiveDatabase } from './tables.ts';

/** How runs are put together. */
export type TotalsBy = 'workflow' | 'team' | 'project';
export type Period = 'day' | 'month' | 'all';

/** How much of a time says the period. */
export const PERIOD_LENGTH: Readonly<Record<Period, number>> = { day: 10, month: 7, all: 0 };

/** Totals of the runs that fit, by period, then by name. At most `limit` lines, the latest. */
export async function totalsOf(
  database: ArchiveDatabase,
  filter: RunFilter,
  { by, period, limit }: { readonly by: TotalsBy; readonly period: Period; readonly limit: number },
): Promise<readonly ArchiveTotal[]> {
  if (filter.namespaces.length === 0) return [];
  const rows = await database
    .selectFrom('runs')
    .where((build) => build.and(conditionsOf(build, filter)))
    .select((build) => [
      'namespace' as const,
      build.fn.coalesce(by, sql<string>`''`).as('of'),
      sql<string>`substr(started, 1, ${sql.lit(PERIOD_LENGTH[period])})`.as('period'),
      sql<number>`sum(case when succeeded = 'True' then 1 else 0 end)`.as('accepted'),
      sql<number>`sum(case when succeeded = 'True' then 0 else 1 end)`.as('failed'),
      sql<number>`avg(duration_ms)`.as('duration'),
    ])
    .groupBy(['namespace', 'of', 'period'])
    .orderBy('period', 'desc')
    .orderBy('namespace')
    .orderBy('of')
    .limit(limit)
    .execute();
  // PostgreSQL answers sums as text, since they may be larger than a number can say.
  return rows.map(({ accepted, failed, duration, ...rest }) => ({
    ...rest,
    accepted: Number(accepted),
    failed: Number(failed),
    seconds: Math.round(Number(duration) / 100) / 10,
  }));
}
