import type { IncomingMessage } from 'node:http';
import type { CredentialSource, Credentials } from './credentials.ts';
import { withDeadline } from './deadline.ts';
import { KubeError } from './error.ts';
import { attempt, connectionError } from './exchange.ts';

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
  /** Asked at the last moment before the request goes out; what it throws is thrown instead. */
  readonly before?: () => void;
}

/** Sends requests to the API server; the one place that does. */
export interface Transport {
  /** The decoded JSON answer; throws `KubeError` for 400 and above. */
  send<T>(request: KubeRequest): Promise<T>;
  /** The answer as a stream, once its headers say 200. */
  open(request: KubeRequest): Promise<IncomingMessage>;
}

/** Told of every request that went out, for metrics; `code` is 0 when no answer came. */
export type ExchangeObserver = (sent: {
  readonly method: string;
  readonly host: string;
  readonly code: number;
  /** From the request to the headers of its answer. */
  readonly seconds: number;
}) => void;

const DEFAULT_TIMEOUT_MS = 30_000;
/** A list page of 500 objects stays far below. */
const MAX_ANSWER_BYTES = 256 << 20;

export function createTransport(credentials: CredentialSource, onExchange: ExchangeObserver = () => {}): Transport {
  /** Sends once more where the first try can't have counted, or failed by what we knew of the server being old. */
  async function exchange(call: KubeRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const used = await usable(call, credentials());
    const first = await observed(call, used, signal);
    if (first.ok && first.answer.statusCode !== 401) return first.answer;
    if (!first.ok && !first.isStale && !first.isDistrusted) throw first.error;
    const isStale = !first.ok && first.isStale;
    // A POST that did arrive would be done twice.
    if (isStale && call.method === 'POST') throw first.error;
    const fresh = isStale ? used : await usable(call, credentials(true));
    if (!isStale && isSame(used, fresh)) {
      if (first.ok) return first.answer;
      throw first.error;
    }
    // Read to its end, its connection is free for the second try.
    if (first.ok) await readAll(call, first.answer, signal);
    const second = await observed(call, fresh, signal);
    if (second.ok) return second.answer;
    throw second.error;
  }

  async function observed(call: KubeRequest, used: Credentials, signal: AbortSignal) {
    call.before?.();
    const started = performance.now();
    const outcome = await attempt(used, call, signal);
    const code = outcome.ok ? (outcome.answer.statusCode ?? 0) : 0;
    const seconds = (performance.now() - started) / 1000;
    onExchange({ method: call.method, host: used.server.host, code, seconds });
    return outcome;
  }

  return {
    send: <T>(call: KubeRequest) =>
      withDeadline(call.timeoutMs ?? DEFAULT_TIMEOUT_MS, call.signal, async (signal) => {
        const answer = await exchange(call, signal);
        const text = await readAll(call, answer, signal);
        if ((answer.statusCode ?? 0) >= 400) throw statusError(answer, text);
        return JSON.parse(text) as T;
      }),
    async open(call) {
      const opening = new AbortController();
      const timer = setTimeout(() => opening.abort(), call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      const signal = call.signal === undefined ? opening.signal : AbortSignal.any([opening.signal, call.signal]);
      try {
        const answer = await exchange(call, signal);
        if (answer.statusCode !== 200) throw statusError(answer, await readAll(call, answer, signal));
        return answer;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const isSame = (a: Credentials, b: Credentials): boolean =>
  a.agent === b.agent && a.headers.authorization === b.headers.authorization;

/** A token file that can't be read is a failure to reach the API server like any other. */
const usable = (call: KubeRequest, credentials: Promise<Credentials>): Promise<Credentials> =>
  credentials.catch((error: unknown) => {
    throw connectionError(call, error);
  });

async function readAll(call: KubeRequest, answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw connectionError(call, error, signal);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string }[];
  };
}

function statusError(answer: IncomingMessage, text: string): KubeError {
  const code = answer.statusCode ?? 0;
  const header = Number(answer.headers['retry-after']);
  try {
    const { reason = 'Unknown', message = `the API server answered ${code}`, details } = JSON.parse(text) as Status;
    const after = header > 0 ? header : details?.retryAfterSeconds;
    const causes = (details?.causes ?? []).flatMap((cause) => cause.reason ?? []);
    return new KubeError(code, reason, message, { causes, ...(after ? { retryAfter: after } : {}) });
  } catch {
    const said = text.slice(0, 200);
    return new KubeError(code, 'Unknown', `the API server answered ${code}: ${said}`, {
      ...(header > 0 ? { retryAfter: header } : {}),
    });
  }
}
