import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { StoreAccess } from '../evidence/access.ts';
import { maxBlobSize, openEvidenceStore, type StoreSettings, storeSettings } from '../evidence/open.ts';
import type { EvidenceBytes } from '../evidence/store.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Rescue, rescuing } from './retention/rescue.ts';
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

interface Opened {
  readonly settings: StoreSettings;
  readonly bytes: EvidenceBytes;
}

const REMEMBERED_MS = 10_000;
const CAPACITY = 100;

export function createStores(client: KubeClient, access: StoreAccess, rescue: Rescue): Stores {
  const known = createTtlCache<OpenStore>(CAPACITY);
  // With its connections and what it was given for its credentials, as long as it is the same store.
  const opened = createTtlCache<Opened>(CAPACITY);

  async function open(store: EvidenceStore): Promise<EvidenceBytes> {
    const { name } = store.metadata;
    const settings = await storeSettings(store, access);
    const before = opened.get(name);
    if (before !== undefined && isDeepStrictEqual(before.settings, settings)) return before.bytes;
    const bytes = rescuing(await openEvidenceStore(settings), rescue);
    opened.set(name, { settings, bytes }, Number.POSITIVE_INFINITY);
    return bytes;
  }

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
      const remembered = { name, bytes: await open(store), maxBlobSize: maxBlobSize(store) };
      known.set(name, remembered, REMEMBERED_MS);
      return remembered;
    },
  };
}
