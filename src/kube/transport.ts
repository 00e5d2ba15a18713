import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Credentials } from './credentials.ts';
import { KubeError } from './error.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds from the request to its whole answer; default 30,000. Only to the headers for a stream. */
  readonly timeoutMs?: number;
}

/** Sends requests to the API server; the one place that does. */
export interface Transport {
  /** The decoded JSON answer; throws `KubeError` for 400 and above. */
  send<T>(request: KubeRequest): Promise<T>;
  /** The answer as a stream, once its headers say 200. */
  open(request: KubeRequest): Promise<IncomingMessage>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** A list page of 500 objects stays far below. */
const MAX_ANSWER_BYTES = 256 << 20;

export function createTransport(credentials: () => Promise<Credentials>): Transport {
  const exchange = async (call: KubeRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    const { server, agent, headers } = await credentials();
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
          port: server.port === '' ? 443 : Number(server.port),
          method: call.method,
          path: `${server.pathname.replace(/\/$/, '')}${call.path}${queryString(call.query)}`,
          agent,
          signal,
          headers: {
            ...headers,
            accept: 'application/json',
            'user-agent': 'proviso',
            ...(body === undefined
              ? {}
              : { 'content-type': call.contentType ?? 'application/json', 'content-length': body.length }),
          },
        },
        resolve,
      );
      sent.on('error', (error) => reject(connectionError(call, error)));
      sent.end(body);
    });
  };

  return {
    async send<T>(call: KubeRequest): Promise<T> {
      const deadline = AbortSignal.timeout(call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
      const answer = await exchange(call, signal);
      const text = await readAll(call, answer);
      if ((answer.statusCode ?? 0) >= 400) throw statusError(answer, text);
      return JSON.parse(text) as T;
    },
    async open(call) {
      const opening = new AbortController();
      const timer = setTimeout(() => opening.abort(), call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      const signal = call.signal === undefined ? opening.signal : AbortSignal.any([opening.signal, call.signal]);
      try {
        const answer = await exchange(call, signal);
        if (answer.statusCode !== 200) throw statusError(answer, await readAll(call, answer));
        return answer;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function queryString(query: KubeRequest['query']): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function readAll(call: KubeRequest, answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw connectionError(call, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function connectionError(call: KubeRequest, cause: unknown): KubeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KubeError(0, 'Connection', `${call.method} ${call.path} got no answer: ${why}`, { cause });
}

function statusError(answer: IncomingMessage, text: string): KubeError {
  const code = answer.statusCode ?? 0;
  const after = Number(answer.headers['retry-after']);
  const options = Number.isFinite(after) && after > 0 ? { retryAfter: after } : {};
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string };
    return new KubeError(code, reason ?? 'Unknown', message ?? `the API server answered ${code}`, options);
  } catch {
    return new KubeError(code, 'Unknown', `the API server answered ${code}: ${text.slice(0, 200)}`, options);
  }
}
