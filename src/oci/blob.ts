import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { checkingStream } from '../evidence/digest.ts';
import type { ByteRange, Digest } from '../evidence/store.ts';
import { drain } from './answer.ts';
import type { Caller } from './caller.ts';
import { isNotFound, RegistryError } from './error.ts';
import type { Body } from './exchange.ts';

/** A blob on its way out of a registry. */
export interface Blob {
  /** Bytes that come, as the registry announces; absent where it doesn't. */
  readonly size?: number;
  /** Fails with `digest-mismatch` at its end when a whole blob isn't the one of the digest. */
  readonly stream: Readable;
}

/** Bytes that are to become a blob. */
export interface NewBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly body: Body;
}

/** A blob, or a range of it. Throws a `RegistryError` with status 404 where there is none. */
export async function fetchBlob(caller: Caller, digest: Digest, range?: ByteRange): Promise<Blob> {
  const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
  const answer = await caller.call({ method: 'GET', to: `blobs/${digest}`, actions: 'pull', headers });
  if (range !== undefined && !isRange(answer, range)) {
    answer.destroy();
    throw new RegistryError(`${caller.base.href}blobs/${digest} gives no ranges`);
  }
  const stream = range === undefined ? pipeline(answer, checkingStream(digest), () => {}) : answer;
  const size = lengthOf(answer);
  return { stream, ...(size === undefined ? {} : { size }) };
}

const isRange = ({ statusCode, headers }: IncomingMessage, { start, end }: ByteRange): boolean =>
  statusCode === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${start}-${end}/`);

/** The size of a blob; undefined where there is none. */
export async function statBlob(caller: Caller, digest: Digest): Promise<number | undefined> {
  try {
    const answer = await caller.call({ method: 'HEAD', to: `blobs/${digest}`, actions: 'pull' });
    await drain(answer);
    return lengthOf(answer);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Puts a blob: one POST for a place, one PUT of all bytes. The registry checks the digest too. */
export async function pushBlob(caller: Caller, { digest, size, body }: NewBlob): Promise<void> {
  const headers = { 'content-length': 0 };
  const answer = await caller.call({ method: 'POST', to: 'blobs/uploads/', actions: 'pull,push', headers });
  await drain(answer);
  const { location } = answer.headers;
  if (location === undefined) throw new RegistryError(`${caller.base.href}blobs/uploads/ gave no place for an upload`);
  const to = new URL(location, caller.base);
  to.searchParams.set('digest', digest);
  const type = { 'content-type': 'application/octet-stream', 'content-length': size };
  await drain(await caller.call({ method: 'PUT', to, actions: 'pull,push', headers: type, body }));
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}
