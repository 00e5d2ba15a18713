import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RetentionMessage } from '../../api/messages.ts';
import { evidenceOf } from '../../api/run-evidence.ts';
import { onlyReferencedBy } from '../../archive/release.ts';
import { type Expired, type ExpiredOptions, expiredIn, type RetainingStore } from './expired.ts';

export type StoreReport = RetentionMessage['stores'][number];
export type RunReport = RetentionMessage['runs'][number];

/** What the retention of a store would remove now, with its first `limit` runs. Changes nothing. */
export async function reportOn(
  options: ExpiredOptions,
  retaining: RetainingStore,
  limit: number,
): Promise<{ readonly store: StoreReport; readonly runs: readonly RunReport[] }> {
  const runs: RunReport[] = [];
  const uids = new Set<string>();
  const sizes = new Map<string, number>();
  let kept = 0;
  for await (const expired of expiredIn(options, retaining, new Date())) {
    if (runs.length < limit) runs.push(runReport(expired));
    if (expired.keptBy === undefined) {
      uids.add(expired.run.uid);
      for (const { digest, size } of evidenceOf(expired.document)) sizes.set(digest, size);
    } else kept += 1;
    await yieldToOthers();
  }
  const inCluster = (digest: string): boolean => options.runs.byIndex('digest', digest).length > 0;
  const free = await onlyReferencedBy(options.database, [...sizes.keys()], uids);
  const freed = free.filter((digest) => !inCluster(digest));
  const { name } = retaining.store.metadata;
  const { enforcement = 'Enforce' } = retaining.retention;
  const bytes = freed.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
  return { store: { name, enforcement, expired: uids.size + kept, kept, objects: freed.length, bytes }, runs };
}

const runReport = ({ run, keptBy }: Expired): RunReport => ({
  namespace: run.namespace,
  run: run.name,
  workflow: run.workflow,
  succeeded: run.succeeded,
  finishTime: run.finished,
  store: run.store ?? '',
  ...(keptBy === undefined ? {} : { keptBy }),
});
