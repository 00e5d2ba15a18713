import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { parseStrictJson } from '../api/strict-json.ts';

export interface FetchOptions {
  /** PEM: the authorities that the certificate is checked against; absent, those that Node trusts. */
  readonly ca?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** From the connection to the last byte. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** Real documents have some kilobytes and come within a second. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 << 10;
const MAX_DEPTH = 16;

/**
 * A JSON document by GET over TLS. jose's own fetch bounds the time and not the bytes. A redirect isn't followed: only what
 * was configured is asked. Throws an error that names the address.
 */
export async function fetchJson(url: URL, options: FetchOptions = {}): Promise<unknown> {
  const { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await get(url, options, signal);
    try {
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}, and 200 was expected`);
      return parsed(await readAll(answer, maxBytes));
    } finally {
      answer.destroy();
    }
  } catch (cause) {
    const why = signal.aborted ? `no whole answer within ${timeoutMs} ms` : messageOf(cause);
    throw new Error(`${url.href}: ${why}`, { cause });
  }
}

const get = (url: URL, { ca, headers }: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca };
    const sent = { agent: false, signal, headers: { accept: 'application/json', ...headers }, ...trust };
    request(url, sent, resolve).on('error', reject).end();
  });

async function readAll(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`answered over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer): unknown {
  const json = parseStrictJson(bytes, { maxDepth: MAX_DEPTH });
  if (json.ok) return json.value;
  throw new Error(`is no JSON to rely on: ${json.message} (${json.at})`);
}

const messageOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join(', ') : (error as Error).message;
