import type { Digest } from '../evidence/store.ts';
import { drain } from './answer.ts';
import type { Caller } from './caller.ts';
import { isNotFound, RegistryError } from './error.ts';

/** Removes a manifest with its tags, or a blob. False where the registry removes nothing; what isn't there counts as removed. */
export async function remove(caller: Caller, what: 'manifests' | 'blobs', digest: Digest): Promise<boolean> {
  try {
    await drain(await caller.call({ method: 'DELETE', to: `${what}/${digest}`, actions: 'delete' }));
    return true;
  } catch (error) {
    if (isNotFound(error)) return true;
    // What the specification has for a registry that doesn't.
    if (error instanceof RegistryError && error.status === 405) return false;
    throw error;
  }
}
