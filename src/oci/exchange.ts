import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { RegistryError } from './error.ts';

/** Bytes to send, or what opens a new stream of them for every try. */
export type Body = Uint8Array | (() => Readable);

/** One HTTP request. */
export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Body;
}

/** Sends requests over connections that are kept. */
export interface Exchange {
  /** The answer, whatever its status; its body is still to be read or destroyed. Throws a `RegistryError` where there is none. */
  send(outgoing: Outgoing): Promise<IncomingMessage>;
  close(): void;
}

export interface ExchangeOptions {
  /** PEM: the authorities that certificates are checked against; absent, those that Node trusts. */
  readonly ca?: string;
  /** Ends what is under way, and all that comes. */
  readonly signal?: AbortSignal;
}

/** Silence on a connection for this long ends it, in ms. */
const SILENCE = 60_000;

export function createExchange({ ca, signal }: ExchangeOptions = {}): Exchange {
  const plain = new PlainAgent({ keepAlive: true });
  const tls = new TlsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });

  const send = (outgoing: Outgoing, isAgain = false): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, url, headers, body } = outgoing;
      const isTls = url.protocol === 'https:';
      const options = { method, headers: { 'user-agent': 'proviso', ...headers }, ...(signal && { signal }) };
      const sent = isTls
        ? tlsRequest(url, { ...options, agent: tls })
        : plainRequest(url, { ...options, agent: plain });
      let source: Readable | undefined;
      let isAnswered = false;
      sent.setTimeout(SILENCE, () => sent.destroy(new Error(`no answer within ${SILENCE / 1000} s`)));
      sent.on('response', (answer) => {
        isAnswered = true;
        // A refusal may come before all is sent; the rest would only be thrown away.
        if (source !== undefined && !source.readableEnded) source.unpipe(sent).destroy();
        resolve(answer);
      });
      sent.on('error', (cause: NodeJS.ErrnoException) => {
        source?.destroy();
        // The other side was about to close a connection that was kept.
        if (sent.reusedSocket && !isAnswered && !isAgain && isClosed(cause)) resolve(send(outgoing, true));
        else reject(cause instanceof RegistryError ? cause : unanswered(outgoing, cause));
      });
      if (typeof body !== 'function') {
        sent.end(body);
        return;
      }
      source = body();
      source.on('error', (error) => sent.destroy(error));
      source.pipe(sent);
    });

  return {
    send,
    close() {
      plain.destroy();
      tls.destroy();
    },
  };
}

const isClosed = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

function unanswered({ method, url }: Outgoing, cause: Error & { readonly code?: unknown }): RegistryError {
  const why = cause.message === '' ? String(cause.code) : cause.message;
  return new RegistryError(`${method} ${url.origin}${url.pathname}: ${why}`, { cause });
}
