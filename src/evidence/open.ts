import type { EvidenceStore } from '../api/types.gen.ts';
import { filesystemStore } from './filesystem.ts';
import type { EvidenceBytes } from './store.ts';

/** The largest object where the EvidenceStore states none: 10 GiB. */
const DEFAULT_MAX_BLOB_SIZE = 10 * 2 ** 30;

export const maxBlobSize = (store: EvidenceStore): number => store.spec.maxBlobSize ?? DEFAULT_MAX_BLOB_SIZE;

/** The provider that an EvidenceStore names, for people. */
export const providerOf = (_store: EvidenceStore): string => 'Filesystem';

/** The bytes behind an EvidenceStore. Throws if it names no provider that this version knows. */
export function openEvidenceStore(store: EvidenceStore): EvidenceBytes {
  const { filesystem } = store.spec;
  if (filesystem === undefined) throw new Error(`the evidence store '${store.metadata.name}' has no known provider`);
  return filesystemStore(filesystem.path);
}
