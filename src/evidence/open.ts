import { join } from 'node:path';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { StoreAccess } from './access.ts';
import { filesystemStore } from './filesystem.ts';
import { type OciSettings, ociSettings } from './oci/settings.ts';
import { ociStore } from './oci/store.ts';
import { type S3Settings, s3Settings } from './s3/settings.ts';
import type { EvidenceBytes } from './store.ts';

/** The largest object where the EvidenceStore states none: 10 GiB. */
const DEFAULT_MAX_BLOB_SIZE = 10 * 2 ** 30;

export const maxBlobSize = (store: EvidenceStore): number => store.spec.maxBlobSize ?? DEFAULT_MAX_BLOB_SIZE;

/** The provider that an EvidenceStore names, for people. */
export function providerOf({ spec }: EvidenceStore): string {
  if (spec.s3 !== undefined) return 'S3';
  return spec.oci === undefined ? 'Filesystem' : 'OCI';
}

/** Where an EvidenceStore keeps its objects: of two that are the same place, the same text. */
export function placeOf({ spec: { filesystem, s3, oci } }: EvidenceStore): string {
  const parts = [filesystem && join(filesystem.path, '/'), s3 && [s3.endpoint, s3.bucket, s3.prefix], oci?.repository];
  return JSON.stringify(parts);
}

/** All that it takes to open a store, credentials among it. Two that are equal open the same. */
export type StoreSettings = { readonly kind: 'filesystem'; readonly path: string } | S3Settings | OciSettings;

/**
 * What an EvidenceStore says, and what it refers to. Throws `store-unavailable` that says what is missing, and an Error if it
 * names no provider that this version knows.
 */
export async function storeSettings({ metadata, spec }: EvidenceStore, access: StoreAccess): Promise<StoreSettings> {
  if (spec.filesystem !== undefined) return { kind: 'filesystem', path: spec.filesystem.path };
  if (spec.s3 !== undefined) return s3Settings(spec.s3, access);
  if (spec.oci !== undefined) return ociSettings(spec.oci, access);
  throw new Error(`the evidence store '${metadata.name}' has no known provider`);
}

/** The bytes behind an EvidenceStore. Nothing is asked of it yet. */
export async function openEvidenceStore(settings: StoreSettings): Promise<EvidenceBytes> {
  if (settings.kind === 'filesystem') return filesystemStore(settings.path);
  if (settings.kind === 'oci') return ociStore(settings);
  // Its library takes time and memory that a store in a directory doesn't need.
  const { s3Store } = await import('./s3/store.ts');
  return s3Store(settings);
}
