import { isDigest, sha256Digest } from '../evidence/digest.ts';
import type { Digest } from '../evidence/store.ts';
import { drain, readAnswer } from './answer.ts';
import type { Caller } from './caller.ts';
import { RegistryError } from './error.ts';

/** A manifest or an index as the registry has it, byte for byte. */
export interface Manifest {
  readonly mediaType: string;
  /** Of the bytes, computed here. */
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** The largest that registries have to take (OCI distribution specification). */
export const MAX_MANIFEST_BYTES = 4 << 20;

const ACCEPTED = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** What a tag or a digest names. Bytes that aren't those of the digest are refused. */
export async function fetchManifest(caller: Caller, reference: string): Promise<Manifest> {
  const to = `manifests/${reference}`;
  const answer = await caller.call({ method: 'GET', to, actions: 'pull', headers: { accept: ACCEPTED } });
  const stated = answer.headers['docker-content-digest'];
  const bytes = await readAnswer(answer, MAX_MANIFEST_BYTES);
  const digest = sha256Digest(bytes);
  for (const expected of [reference, stated]) {
    if (typeof expected !== 'string' || !isDigest(expected) || expected === digest) continue;
    throw new RegistryError(`${caller.base.href}${to} has the digest ${digest}, and ${expected} was expected`);
  }
  const [mediaType = ''] = (answer.headers['content-type'] ?? '').split(';');
  return { mediaType: mediaType.trim(), digest, bytes };
}

/** Puts a manifest whose blobs are there, under a tag or else its digest; again is the same as once. */
export async function pushManifest(
  caller: Caller,
  { mediaType, bytes, tag }: { readonly mediaType: string; readonly bytes: Uint8Array; readonly tag?: string },
): Promise<Digest> {
  const digest = sha256Digest(bytes);
  const headers = { 'content-type': mediaType, 'content-length': bytes.length };
  const to = `manifests/${tag ?? digest}`;
  await drain(await caller.call({ method: 'PUT', to, actions: 'pull,push', headers, body: bytes }));
  return digest;
}
