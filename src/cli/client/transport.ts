import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import { Problem } from '../../api/problem.ts';
import type { TokenSource } from '../credential.ts';
import { problemOf, readAnswer } from './answer.ts';
import { connectionProblem, errorCodeOf } from './connection-problem.ts';
import { retryDelay } from './retry.ts';

/** One call of the receiver. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Absolute path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** The bytes, or what opens a new stream of them for every try. */
  readonly body?: Uint8Array | (() => Readable);
  /** Whether it may be sent again when it isn't known if it arrived. */
  readonly idempotent: boolean;
}

export interface Transport {
  /** The answer, once it is one below 400; its body is still to be read. Throws the Problem of any other. */
  open(call: Call): Promise<IncomingMessage>;
  close(): void;
}

export interface TransportOptions {
  readonly endpoint: URL;
  readonly token: TokenSource;
  /** PEM; absent: the certificates that Node trusts. */
  readonly ca?: string;
  /** The trace that calls are part of (W3C Trace Context). */
  readonly traceparent?: string;
  /** Tries altogether. */
  readonly attempts: number;
  /** Called before a call is made again. */
  onRetry(why: string, delay: number): void;
}

/** Silence on the connection for this long ends a try, in ms. A receiver that makes a large upload durable is silent. */
const SILENCE = 120_000;

/** Calls over kept-alive TLS connections. Redirects aren't followed: the token is for this address only. */
export function createTransport(options: TransportOptions): Transport {
  const { endpoint } = options;
  const agent = new Agent({ keepAlive: true, ...(options.ca === undefined ? {} : { ca: options.ca }) });

  async function open(call: Call): Promise<IncomingMessage> {
    for (let count = 1; ; count++) {
      const outcome = await send(call, await options.token()).then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      );
      const { idempotent } = call;
      if ('error' in outcome) {
        const { error } = outcome;
        // The source of an upload failed, not the connection.
        if (error instanceof Problem) throw error;
        const errorCode = errorCodeOf(error);
        const delay = retryDelay(
          { count, idempotent, ...(errorCode === undefined ? {} : { errorCode }) },
          options.attempts,
          Math.random(),
        );
        if (delay === undefined) throw connectionProblem(endpoint, error);
        await pause(errorCode ?? 'no connection', delay);
        continue;
      }
      const { response } = outcome;
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return response;
      const problem = problemOf(status, await readAnswer(response).catch(() => Buffer.alloc(0)));
      const retryAfter = response.headers['retry-after'];
      const attempt = { count, idempotent, status, ...(retryAfter === undefined ? {} : { retryAfter }) };
      const delay = retryDelay(attempt, options.attempts, Math.random());
      if (delay === undefined) throw problem;
      await pause(problem.message, delay);
    }
  }

  function pause(why: string, delay: number): Promise<void> {
    options.onRetry(why, delay);
    return new Promise((resolve) => setTimeout(resolve, delay));
  }

  function send({ method, path, headers, body }: Call, token: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, endpoint), {
        agent,
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json, */*;q=0.5',
          ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
          ...headers,
        },
      });
      outgoing.setTimeout(SILENCE, () =>
        outgoing.destroy(Object.assign(new Error(`no answer within ${SILENCE / 1000} s`), { code: 'ETIMEDOUT' })),
      );
      let source: Readable | undefined;
      outgoing.on('response', (response) => {
        // A refusal may come before all bytes are sent; the rest would only be thrown away.
        if (source !== undefined && !source.readableEnded) source.unpipe(outgoing).destroy();
        resolve(response);
      });
      outgoing.on('error', (error) => {
        source?.destroy();
        reject(error);
      });
      if (typeof body !== 'function') {
        outgoing.end(body);
        return;
      }
      source = body();
      source.on('error', (error) => outgoing.destroy(error));
      source.pipe(outgoing);
    });
  }

  return { open, close: () => agent.destroy() };
}
