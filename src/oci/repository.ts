import type { ByteRange, Digest } from '../evidence/store.ts';
import { registryOrigin } from './address.ts';
import { type Blob, fetchBlob, type NewBlob, pushBlob, statBlob } from './blob.ts';
import { createCaller } from './caller.ts';
import type { CredentialSource } from './credential.ts';
import type { Descriptor } from './descriptor.ts';
import { createExchange } from './exchange.ts';
import { fetchManifest, type Manifest, pushManifest } from './manifest.ts';
import { PATIENCE, patient } from './patience.ts';
import { fetchReferrers } from './referrers.ts';
import { remove } from './remove.ts';
import { listTags } from './tags.ts';
import { type BlobUpload, startUpload } from './upload.ts';

export interface RepositoryOptions {
  /** As references have it: `ghcr.io`, `localhost:5000`, `docker.io`. */
  readonly host: string;
  /** Its name in the registry, such as `shop/app`. */
  readonly name: string;
  /** Absent: nothing is shown. */
  readonly credentials?: CredentialSource;
  /** PEM: the authorities that certificates are checked against; absent, those that Node trusts. */
  readonly ca?: string;
  /** Without TLS, though the registry isn't on loopback. */
  readonly plainHttp?: boolean;
  /** Ends what is under way, and all that comes. */
  readonly signal?: AbortSignal;
}

/**
 * A repository of an OCI registry (OCI distribution specification 1.1). All calls throw a `RegistryError`; where there is no
 * such thing, with status 404. Credentials are shown to the registry alone. A registry that asks to wait is waited for, some seconds.
 */
export interface Repository {
  /** What a tag or a digest names. The digest is computed of the bytes. */
  manifest(reference: string): Promise<Manifest>;
  blob(digest: Digest, range?: ByteRange): Promise<Blob>;
  /** The size of a blob in bytes; undefined where there is none. */
  statBlob(digest: Digest): Promise<number | undefined>;
  pushBlob(blob: NewBlob): Promise<void>;
  /** Begins to push a blob whose digest isn't known yet. */
  startUpload(): Promise<BlobUpload>;
  /** Under a tag, or else under its digest, which is returned. */
  pushManifest(manifest: Omit<Manifest, 'digest' | 'bytes'> & { bytes: Uint8Array; tag?: string }): Promise<Digest>;
  /** Manifests whose subject the digest is. */
  referrers(digest: Digest): Promise<readonly Descriptor[]>;
  /** All tags, that many asked for at a time. */
  tags(pageSize: number): AsyncIterable<string>;
  /** False where the registry removes none. */
  removeManifest(digest: Digest): Promise<boolean>;
  /** False where the registry removes none. */
  removeBlob(digest: Digest): Promise<boolean>;
  close(): void;
}

const NOTHING: CredentialSource = () => Promise.resolve(undefined);

export function openRepository(options: RepositoryOptions): Repository {
  const { host, name, credentials = NOTHING, plainHttp } = options;
  const exchange = patient(createExchange(options), { ...PATIENCE, ...(options.signal && { signal: options.signal }) });
  const registry = registryOrigin(host, plainHttp);
  const caller = createCaller({ registry, host, repository: name, credentials, exchange });
  return {
    manifest: (reference) => fetchManifest(caller, reference),
    blob: (digest, range) => fetchBlob(caller, digest, range),
    statBlob: (digest) => statBlob(caller, digest),
    pushBlob: (blob) => pushBlob(caller, blob),
    startUpload: () => startUpload(caller),
    pushManifest: (manifest) => pushManifest(caller, manifest),
    referrers: (digest) => fetchReferrers(caller, digest),
    tags: (pageSize) => listTags(caller, pageSize),
    removeManifest: (digest) => remove(caller, 'manifests', digest),
    removeBlob: (digest) => remove(caller, 'blobs', digest),
    close: () => exchange.close(),
  };
}
