import type { IncomingMessage } from 'node:http';
import type { Digest } from '../evidence/store.ts';
import { drain } from './answer.ts';
import type { Caller } from './caller.ts';
import { RegistryError } from './error.ts';

/** A blob that is pushed in chunks, whose digest is known at its end (OCI distribution specification, "Pushing a blob in chunks"). */
export interface BlobUpload {
  /** Bytes that the registry has. */
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** The blob is there once this resolves; of one that comes at once, with its bytes. The registry checks the digest. */
  finish(digest: Digest, whole?: Uint8Array): Promise<void>;
  /** Tells the registry that nothing more comes, as far as it can be told. */
  cancel(): Promise<void>;
}

const OCTETS = 'application/octet-stream';

export async function startUpload(caller: Caller): Promise<BlobUpload> {
  const headers = { 'content-length': 0 };
  let place = await next(await caller.call({ method: 'POST', to: 'blobs/uploads/', actions: 'pull,push', headers }));
  let size = 0;

  /** Where the next request of the upload goes, which every answer says anew. */
  async function next(answer: IncomingMessage): Promise<URL> {
    await drain(answer);
    const { location } = answer.headers;
    if (location === undefined)
      throw new RegistryError(`${caller.base.href}blobs/uploads/ gave no place for an upload`);
    return new URL(location, caller.base);
  }

  return {
    get size() {
      return size;
    },
    async append(chunk) {
      const range = `${size}-${size + chunk.length - 1}`;
      const headers = { 'content-type': OCTETS, 'content-length': chunk.length, 'content-range': range };
      const answer = await caller.call({ method: 'PATCH', to: place, actions: 'pull,push', headers, body: chunk });
      place = await next(answer);
      size += chunk.length;
    },
    async finish(digest, whole = new Uint8Array(0)) {
      const to = new URL(place);
      to.searchParams.set('digest', digest);
      const headers = { 'content-type': OCTETS, 'content-length': whole.length };
      await drain(await caller.call({ method: 'PUT', to, actions: 'pull,push', headers, body: whole }));
    },
    async cancel() {
      await drain(await caller.call({ method: 'DELETE', to: place, actions: 'pull,push' }));
    },
  };
}
