import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { maxBlobSize, openEvidenceStore } from '../evidence/open.ts';
import type { EvidenceBytes } from '../evidence/store.ts';
import type { KubeClient } from '../kube/client.ts';
import { createTtlCache } from './ttl-cache.ts';

/** An evidence store, open. */
export interface OpenStore {
  readonly name: string;
  readonly bytes: EvidenceBytes;
  /** Bytes. */
  readonly maxBlobSize: number;
}

/** Evidence stores by name. */
export interface Stores {
  get(name: string): Promise<OpenStore>;
}

const REMEMBERED_MS = 10_000;

export function createStores(client: KubeClient): Stores {
  const known = createTtlCache<OpenStore>(100);
  return {
    async get(name) {
      const found = known.get(name);
      if (found !== undefined) return found;
      const store = await client.find<EvidenceStore>(KIND.EvidenceStore, { name });
      if (store === undefined) {
        throw new Problem('store-unavailable', `the evidence store '${name}' does not exist`, {
          hint: 'an administrator has to create it again; look at kubectl get evidencestores',
        });
      }
      const open = { name, bytes: openEvidenceStore(store), maxBlobSize: maxBlobSize(store) };
      known.set(name, open, REMEMBERED_MS);
      return open;
    },
  };
}
