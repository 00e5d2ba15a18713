import { namesServedBy } from '../api/moved.ts';
import { evidenceOf } from '../api/run-evidence.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { Digest } from '../evidence/store.ts';
import type { OperatorStores } from './context.ts';

/** What the runs of the cluster have in a store, by its own name or by that of one which was moved there. */
export function* referredTo(
  { evidenceStores, runs }: Pick<OperatorStores, 'evidenceStores' | 'runs'>,
  store: EvidenceStore,
): Generator<Digest> {
  const names = new Set(namesServedBy(store, evidenceStores.list()));
  for (const run of runs.list()) {
    for (const { digest, storeName } of evidenceOf(run)) if (names.has(storeName)) yield digest as Digest;
  }
}
