import { Counter, Histogram, type Registry } from 'prom-client';
import { WORK_BUCKETS } from './kube-metrics.ts';

/** How evidence stores and the archive do. Stores are named; there are as many as there are EvidenceStores. */
export interface StorageMetrics {
  readonly storeSeconds: Histogram<'store' | 'operation'>;
  readonly storeErrors: Counter<'store' | 'operation' | 'code'>;
  readonly storeBytes: Counter<'store' | 'direction'>;
  readonly archiveSeconds: Histogram<'statement'>;
  readonly archiveErrors: Counter<'statement'>;
}

/** Statements that programs wait for; others, such as those of migrations, are rare. */
const STATEMENTS = ['select', 'insert', 'update', 'delete', 'other'] as const;

export type ArchiveStatement = (typeof STATEMENTS)[number];

export function createStorageMetrics(registry: Registry): StorageMetrics {
  const registers = [registry];
  const archiveErrors = new Counter({
    name: 'proviso_archive_errors_total',
    help: 'Statements that the database of the archive failed.',
    labelNames: ['statement'],
    registers,
  });
  for (const statement of STATEMENTS) archiveErrors.inc({ statement }, 0);
  return {
    archiveErrors,
    storeSeconds: new Histogram({
      name: 'proviso_evidence_store_operation_duration_seconds',
      help: 'How long an evidence store takes, failures among it; of a get until the bytes begin to come.',
      labelNames: ['store', 'operation'],
      buckets: WORK_BUCKETS,
      registers,
    }),
    storeErrors: new Counter({
      name: 'proviso_evidence_store_errors_total',
      help: 'Operations of an evidence store that failed, by the code of the problem.',
      labelNames: ['store', 'operation', 'code'],
      registers,
    }),
    storeBytes: new Counter({
      name: 'proviso_evidence_store_bytes_total',
      help: 'Bytes that were made durable in an evidence store, and that were read from it.',
      labelNames: ['store', 'direction'],
      registers,
    }),
    archiveSeconds: new Histogram({
      name: 'proviso_archive_query_duration_seconds',
      help: 'How long the database of the archive takes for a statement, failures among it.',
      labelNames: ['statement'],
      buckets: WORK_BUCKETS,
      registers,
    }),
  };
}
