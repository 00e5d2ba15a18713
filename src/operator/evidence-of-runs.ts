import { servingStore } from '../api/moved.ts';
import type { EvidenceStore, WorkflowRun } from '../api/types.gen.ts';
import type { Digest } from '../evidence/store.ts';
import type { OperatorStores } from './context.ts';

/** What the runs of the cluster have in a store, by its own name or by that of one which was moved there. */
export function* referredTo(
  { evidenceStores, runs }: Pick<OperatorStores, 'evidenceStores' | 'runs'>,
  store: EvidenceStore,
): Generator<Digest> {
  const find = (name: string): EvidenceStore | undefined => evidenceStores.get({ name });
  const { uid } = store.metadata;
  const all = evidenceStores.list().filter((each) => servingStore(each, find)?.metadata.uid === uid);
  const names = new Set(all.map(({ metadata }) => metadata.name));
  for (const run of runs.list()) {
    for (const { digest, storeName = '' } of keptBy(run)) if (names.has(storeName)) yield digest as Digest;
  }
}

interface Kept {
  readonly digest: string;
  readonly storeName?: string;
}

const keptBy = ({ status }: WorkflowRun): readonly Kept[] => [
  ...(status?.materials ?? []).flatMap(({ digest, stored, storeName = '' }) => (stored ? [{ digest, storeName }] : [])),
  ...(status?.attestation === undefined ? [] : [status.attestation]),
  ...(status?.statements ?? []),
];
