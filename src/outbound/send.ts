import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { type AddressRefusal, assertAskable, guardedLookup, type Resolve } from './guarded-lookup.ts';

/** A body that is sent as it comes. */
export interface StreamedBody {
  /** Bytes. */
  readonly size: number;
  readonly open: () => Readable;
}

/** One request to an address that somebody else has chosen. */
export interface Outgoing {
  readonly method: 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | StreamedBody;
  /** PEM: the authorities that the certificate is checked against; absent, those that Node trusts. */
  readonly ca?: string;
}

export interface SendOptions {
  readonly refusal: AddressRefusal;
  readonly resolve: Resolve;
  /** From the lookup to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Of the answer; what is behind isn't read. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of the body. */
  readonly text: string;
}

/**
 * Sends it over a connection of its own, and follows no redirect. Throws where there is no answer, in words that have nothing of the
 * address but its host.
 */
export async function send(outgoing: Outgoing, options: SendOptions): Promise<Answer> {
  const { url } = outgoing;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    assertAskable(url, options.refusal);
    const answer = await exchange(outgoing, options, signal);
    try {
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        text: await beginning(answer, options.maxBytes),
      };
    } finally {
      answer.destroy();
    }
  } catch (cause) {
    const why = timeout.aborted ? `no whole answer within ${options.timeoutMs / 1000} s` : messageOf(cause);
    throw new Error(`${url.host}: ${why}`, { cause });
  }
}

async function exchange(
  { method, url, headers, body, ca }: Outgoing,
  { refusal, resolve }: SendOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const common = {
    ...{ method, signal, agent: false, lookup: guardedLookup(refusal, resolve) },
    headers: { 'user-agent': 'proviso', 'content-length': sizeOf(body), ...headers },
  };
  const isTls = url.protocol === 'https:';
  const sent = isTls ? tlsRequest(url, { ...common, ...(ca === undefined ? {} : { ca }) }) : plainRequest(url, common);
  // One that comes after the answer is seen by who reads the answer.
  sent.on('error', () => {});
  if (isStreamed(body)) {
    const source = body.open();
    source.on('error', (error) => sent.destroy(error));
    sent.on('close', () => source.destroy());
    source.pipe(sent);
  } else sent.end(body);
  const [answer] = (await once(sent, 'response', { signal })) as [IncomingMessage];
  return answer;
}

const isStreamed = (body: Outgoing['body']): body is StreamedBody =>
  typeof body !== 'string' && !(body instanceof Uint8Array);

const sizeOf = (body: Outgoing['body']): number => (isStreamed(body) ? body.size : Buffer.byteLength(body));

async function beginning(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

const messageOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join(', ') : (error as Error).message;
