import type { IncomingMessage } from 'node:http';
import { excerpt } from '../api/excerpt.ts';
import { asArray, asRecord, asText } from '../api/record.ts';
import { RegistryError } from './error.ts';
import type { Outgoing } from './exchange.ts';

/** What a refusal says in more than this helps nobody. */
const MAX_REFUSAL_BYTES = 16 << 10;

/** All bytes of an answer, at most `maxBytes`. */
export async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new RegistryError(`the registry answered over ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause;
    throw new RegistryError(`the answer of the registry ended early: ${(cause as Error).message}`, { cause });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

/** Reads the little that an answer has besides its headers, so that its connection can be used again. */
export const drain = (answer: IncomingMessage): Promise<unknown> =>
  readAnswer(answer, MAX_REFUSAL_BYTES).catch(() => undefined);

/** The refusal in an answer, in the words of the registry: `{"errors": [{"code", "message"}]}`. */
export async function refusalOf({ method, url }: Outgoing, answer: IncomingMessage): Promise<RegistryError> {
  const status = answer.statusCode ?? 0;
  const body = await readAnswer(answer, MAX_REFUSAL_BYTES).catch(() => Buffer.alloc(0));
  const said = asArray(asRecord(parse(body))?.errors)
    .map((each) => [asText(asRecord(each)?.code), asText(asRecord(each)?.message)].filter(Boolean).join(': '))
    .filter((text) => text !== '')
    .join('; ');
  // Not the query: a redirect has secrets there.
  const what = `${method} ${url.origin}${url.pathname} answered ${status}`;
  return new RegistryError(said === '' ? what : `${what}: ${excerpt(said, 500)}`, {
    status,
    retryAfter: retryAfterOf(answer),
  });
}

/** What `Retry-After` says, in seconds from now, be it a number or a date (RFC 9110, section 10.2.3). */
export function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
