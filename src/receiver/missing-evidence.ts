import { Problem } from '../api/problem.ts';
import type { MissingEvidence } from '../api/record-messages.ts';
import { evidenceOf, type KeptEvidence } from '../api/run-evidence.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { Digest } from '../evidence/store.ts';
import type { Stores } from './stores.ts';

/** What of all that a run keeps in stores isn't there, and why; a store that can't be asked has nothing as far as anybody knows. */
export async function missingEvidence(stores: Stores, run: WorkflowRun): Promise<readonly MissingEvidence[]> {
  const missing: MissingEvidence[] = [];
  for (const reference of evidenceOf(run)) {
    const why = await whyMissing(stores, reference);
    if (why !== undefined) missing.push({ ...reference, why });
  }
  return missing;
}

async function whyMissing(stores: Stores, { storeName, digest, size }: KeptEvidence): Promise<string | undefined> {
  try {
    const { bytes } = await stores.get(storeName);
    const found = await bytes.stat(digest as Digest);
    if (found === undefined) return 'it is not there';
    return found.size === size ? undefined : `it has ${found.size} bytes, and not ${size}`;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
