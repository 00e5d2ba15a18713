import { Problem } from '../api/problem.ts';
import type { EvidenceReference, MissingEvidence } from '../api/record-messages.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { Digest } from '../evidence/store.ts';
import type { Stores } from './stores.ts';

/** Everything that a run has in a store. */
export function evidenceOf({ status = {} }: WorkflowRun): readonly EvidenceReference[] {
  const { materials = [], attestation, statements = [] } = status;
  return [
    ...materials.flatMap(({ stored, storeName, name, digest, size }) =>
      stored && storeName !== undefined ? [{ name, storeName, digest, size }] : [],
    ),
    ...(attestation?.storeName === undefined
      ? []
      : [{ name: 'attestation', storeName: attestation.storeName, digest: attestation.digest }]),
    ...statements.map(({ predicateType, storeName, digest }) => ({ name: predicateType, storeName, digest })),
  ];
}

/** What of that isn't there, and why; a store that can't be asked has nothing as far as anybody knows. */
export async function missingEvidence(stores: Stores, run: WorkflowRun): Promise<readonly MissingEvidence[]> {
  const missing: MissingEvidence[] = [];
  for (const reference of evidenceOf(run)) {
    const why = await whyMissing(stores, reference);
    if (why !== undefined) missing.push({ ...reference, why });
  }
  return missing;
}

async function whyMissing(stores: Stores, { storeName, digest, size }: EvidenceReference): Promise<string | undefined> {
  try {
    const { bytes } = await stores.get(storeName);
    const found = await bytes.stat(digest as Digest);
    if (found === undefined) return 'it is not there';
    return size === undefined || found.size === size ? undefined : `it has ${found.size} bytes, and not ${size}`;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
