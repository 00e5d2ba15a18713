import type { Request } from 'express';
import { Problem } from '../api/problem.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { createPatience } from './patience.ts';

/** Accounts for so many more bytes in memory; throws when there is no room for them. */
export type Reserve = (bytes: number) => void;

/** The body in memory, at most `limit` bytes. Throws `body-too-large` or `body-incomplete`. */
export async function readBody(request: Request, limit: number, reserve: Reserve): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of keptChunks(request, limit, reserve)) {
    size += chunk.length;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The body of which all is kept in memory. An announced length is accounted for at once, so that of several that don't fit
 * together the later ones are turned away and not all of them half way.
 */
export async function* keptChunks(request: Request, limit: number, reserve: Reserve): AsyncGenerator<Buffer, void> {
  const announced = Number(request.headers['content-length']);
  const isAnnounced = announced >= 0 && announced <= limit;
  if (isAnnounced) reserve(announced);
  for await (const chunk of bodyChunks(request, limit)) {
    if (!isAnnounced) reserve(chunk.length);
    yield chunk;
  }
}

/**
 * The body as it comes, refused as soon as it is known to be over the limit, or comes too slowly. A refusal leaves the
 * connection open, so that there is one to be answered on.
 */
export async function* bodyChunks(
  request: Request,
  limit: number,
  patience = createPatience(),
): AsyncGenerator<Buffer, void, undefined> {
  const announced = Number(request.headers['content-length']);
  if (announced > limit) throw tooLarge(limit);
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  let size = 0;
  for (;;) {
    const chunk = await patience.wait(chunks.next()).catch(endedEarly);
    if (chunk.done === true) break;
    size += chunk.value.length;
    if (size > limit) throw tooLarge(limit);
    patience.earn(chunk.value.length);
    yield chunk.value;
  }
  if (!request.complete) endedEarly();
}

function endedEarly(cause?: unknown): never {
  if (cause instanceof Problem) throw cause;
  throw new Problem('body-incomplete', 'the connection ended before the body did', { cause });
}

const tooLarge = (limit: number): Problem =>
  new Problem('body-too-large', `the body is over the limit of ${limit} bytes`);

/** Requests are small; materials and attestations have limits of their own. */
const MAX_JSON_BYTES = 1 << 20;
const MAX_JSON_DEPTH = 32;

/** The JSON body, strictly read. Throws a `json-…` problem that says where. */
export async function readJson(request: Request, reserve: Reserve): Promise<unknown> {
  const bytes = await readBody(request, MAX_JSON_BYTES, reserve);
  const parsed = parseStrictJson(bytes, { maxDepth: MAX_JSON_DEPTH });
  if (parsed.ok) return parsed.value;
  throw new Problem(parsed.code, `${parsed.message} (${parsed.at || '/'})`, {
    errors: [{ at: parsed.at || '/', message: parsed.message }],
  });
}
