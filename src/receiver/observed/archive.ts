import type { LogEvent } from 'kysely';
import type { ArchiveStatement, StorageMetrics } from '../../telemetry/storage-metrics.ts';

const STATEMENTS: Readonly<Record<string, ArchiveStatement>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
};

/** Counts the statements of the archive's database, and how long it takes for them. */
export const observeQueries =
  ({ archiveSeconds, archiveErrors }: StorageMetrics) =>
  ({ level, query, queryDurationMillis }: LogEvent): void => {
    const statement = STATEMENTS[query.query.kind] ?? 'other';
    archiveSeconds.observe({ statement }, queryDurationMillis / 1000);
    if (level === 'error') archiveErrors.inc({ statement });
  };
