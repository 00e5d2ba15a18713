import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../api/kinds.ts';
import { movedTo } from '../api/moved.ts';
import { Problem } from '../api/problem.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { StoreAccess } from '../evidence/access.ts';
import { movedStore } from '../evidence/moved.ts';
import { maxBlobSize, openEvidenceStore, type StoreSettings, storeSettings } from '../evidence/open.ts';
import type { EvidenceBytes } from '../evidence/store.ts';
import type { KubeClient } from '../kube/client.ts';
import type { StorageMetrics } from '../telemetry/storage-metrics.ts';
import { observedStore } from './observed/stores.ts';
import { type Rescue, rescuing } from './retention/rescue.ts';
import { createTtlCache } from './ttl-cache.ts';

/** An evidence store, open. */
export interface OpenStore {
  /** Of a store that was moved, that of the one which serves its name. */
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

export function createStores(client: KubeClient, access: StoreAccess, rescue: Rescue, metrics: StorageMetrics): Stores {
  const known = createTtlCache<OpenStore>(CAPACITY);
  // With its connections and what it was given for its credentials, as long as it is the same store.
  const opened = createTtlCache<Opened>(CAPACITY);

  async function open(store: EvidenceStore): Promise<EvidenceBytes> {
    const { name } = store.metadata;
    const settings = await storeSettings(store, access);
    const before = opened.get(name);
    if (before !== undefined && isDeepStrictEqual(before.settings, settings)) return before.bytes;
    const bytes = observedStore(name, rescuing(await openEvidenceStore(settings), rescue), metrics);
    opened.set(name, { settings, bytes }, Number.POSITIVE_INFINITY);
    return bytes;
  }

  async function find(name: string): Promise<EvidenceStore> {
    const store = await client.find<EvidenceStore>(KIND.EvidenceStore, { name });
    if (store !== undefined) return store;
    throw new Problem('store-unavailable', `the evidence store '${name}' does not exist`, {
      hint: 'an administrator has to create it again; look at kubectl get evidencestores',
    });
  }

  /** `names`: those that led here. */
  async function get(name: string, names: readonly string[] = []): Promise<OpenStore> {
    const found = known.get(name);
    if (found !== undefined) return found;
    const store = await find(name);
    const to = movedTo(store);
    const remembered =
      to === undefined
        ? { name, bytes: await open(store), maxBlobSize: maxBlobSize(store) }
        : await follow(store, to, [...names, name]);
    known.set(name, remembered, REMEMBERED_MS);
    return remembered;
  }

  /** The store that serves the name of one that was moved. */
  async function follow(store: EvidenceStore, to: string, names: readonly string[]): Promise<OpenStore> {
    if (names.includes(to)) {
      throw new Problem('store-unavailable', `the evidence stores ${names.join(', ')} were moved to each other`, {
        hint: 'an administrator has to see to it; look at kubectl get evidencestores',
      });
    }
    const serving = await get(to, names);
    if (store.status?.move?.completedTime !== undefined) return serving;
    return { ...serving, bytes: movedStore(serving.bytes, () => open(store)) };
  }

  return { get: (name) => get(name) };
}
