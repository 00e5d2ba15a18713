import { canonicalJson, sha256Hex } from '../api/canonical.ts';
import { KIND } from '../api/kinds.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { readStores, rememberRead } from '../archive/read-stores.ts';
import type { ArchiveDatabase } from '../archive/tables.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../telemetry/log.ts';
import type { ControlPlaneKeys } from '../verify/key-list.ts';
import type { ControlPlane } from './control-plane.ts';
import { archiveRecordsIn } from './records-in-store.ts';
import type { Stores } from './stores.ts';

export interface RebuildOptions {
  readonly client: KubeClient;
  readonly controlPlane: ControlPlane;
  readonly database: ArchiveDatabase;
  readonly log: Logger;
  readonly stores: Stores;
}

/** Of one store; anybody can store as many as he likes. */
const MAX_LOGGED = 10;

/**
 * Archives what the records in evidence stores say, of every store where that wasn't done since the archive was begun or with
 * the keys that are known now. Returns how many stores it was done with. One that can't be read is told of and left for the
 * next time.
 */
export async function rebuildFromStores(options: RebuildOptions, signal: AbortSignal): Promise<number> {
  const { client, controlPlane, database, log } = options;
  const keys = await controlPlane.keys();
  const done = await readStores(database, idOf(keys));
  const stores = await client.list<EvidenceStore>(KIND.EvidenceStore);
  let count = 0;
  for (const { metadata } of stores) {
    const { name, uid = '' } = metadata;
    if (done.has(uid)) continue;
    try {
      await rebuildFrom({ name, uid }, keys, options, signal);
      count += 1;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ store: name, err: error }, 'Archive records of an evidence store not read');
    }
  }
  return count;
}

/** Whether the archive has all that the records in evidence stores say. */
export async function isRebuilt({ client, controlPlane, database }: RebuildOptions): Promise<boolean> {
  const done = await readStores(database, idOf(await controlPlane.keys()));
  const stores = await client.list<EvidenceStore>(KIND.EvidenceStore);
  return stores.every(({ metadata }) => done.has(metadata.uid ?? ''));
}

async function rebuildFrom(
  { name, uid }: { readonly name: string; readonly uid: string },
  keys: ControlPlaneKeys,
  { stores, database, log }: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  const { bytes } = await stores.get(name);
  let told = 0;
  const onRefused = (digest: string, why: string): void => {
    told += 1;
    if (told <= MAX_LOGGED) log.warn({ store: name, digest, why }, 'Not an archive record, though it says so');
  };
  const counts = await archiveRecordsIn(bytes, { database, keys, signal, onRefused });
  await rememberRead(database, { uid, name, keys: idOf(keys), time: new Date().toISOString(), ...counts });
  log.info({ store: name, ...counts }, 'Archive records of an evidence store read');
}

/** The same for the same keys. */
const idOf = ({ verifierId, keys }: ControlPlaneKeys): string =>
  sha256Hex(canonicalJson({ verifierId, keys: keys.map(({ fingerprint }) => fingerprint).toSorted() }));
