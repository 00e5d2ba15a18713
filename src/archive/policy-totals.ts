import { sql } from 'kysely';
import type { PolicyOutcome, PolicyTotal } from '../api/messages.ts';
import { conditionsOf, type RunFilter } from './runs.ts';
import type { ArchiveDatabase } from './tables.ts';
import { PERIOD_LENGTH, type Period } from './totals.ts';

const count = (outcome: PolicyOutcome) => sql<number>`sum(case when outcome = ${sql.lit(outcome)} then 1 else 0 end)`;

/**
 * What policies said of the runs that fit, by period, then by name; of one policy alone if the filter names one. At most `limit` lines,
 * the latest.
 */
export async function policyTotals(
  database: ArchiveDatabase,
  filter: RunFilter,
  { period, limit }: { readonly period: Period; readonly limit: number },
): Promise<readonly PolicyTotal[]> {
  const { namespaces, policy } = filter;
  if (namespaces.length === 0) return [];
  const found = database
    .selectFrom('runs')
    .select(['uid', 'namespace', 'started'])
    .where((build) => build.and(conditionsOf(build, filter)))
    .as('found');
  const rows = await database
    .selectFrom('policy_results')
    .innerJoin(found, 'found.uid', 'policy_results.run_uid')
    .$if(policy !== undefined, (query) => query.where('policy', '=', policy ?? ''))
    .select(({ fn }) => [
      'kind' as const,
      'policy' as const,
      sql<string>`case when kind = 'ClusterPolicy' then '' else namespace end`.as('of'),
      sql<string>`substr(started, 1, ${sql.lit(PERIOD_LENGTH[period])})`.as('period'),
      fn.count<number>('run_uid').distinct().as('runs'),
      fn.countAll<number>().as('asked'),
      count('Passed').as('passed'),
      count('Violated').as('violated'),
      count('Skipped').as('skipped'),
      count('Failed').as('failed'),
      fn.count<number>('waiver').as('waived'),
    ])
    .groupBy(['kind', 'policy', 'of', 'period'])
    .orderBy('period', 'desc')
    .orderBy('policy')
    .orderBy('kind')
    .orderBy('of')
    .limit(limit)
    .execute();
  // PostgreSQL answers counts as text, since they may be larger than a number can say.
  return rows.map(({ kind, policy: name, of, period: within, ...counts }) => ({
    ...{ kind, policy: name, namespace: of, period: within },
    ...{ runs: Number(counts.runs), asked: Number(counts.asked), passed: Number(counts.passed) },
    ...{ violated: Number(counts.violated), skipped: Number(counts.skipped), failed: Number(counts.failed) },
    waived: Number(counts.waived),
  }));
}
