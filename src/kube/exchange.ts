import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Credentials } from './credentials.ts';
import { KubeError } from './error.ts';
import type { KubeRequest } from './transport.ts';

/** What became of one request on the wire. */
export type Attempt =
  | { readonly ok: true; readonly answer: IncomingMessage }
  | {
      readonly ok: false;
      readonly error: KubeError;
      /** The server had closed the kept connection before it can have read the request. */
      readonly isStale: boolean;
      /** The server's certificate isn't one that we trust (any more). */
      readonly isDistrusted: boolean;
    };

/** Sends a request once, over the pool of the credentials; resolves when the headers of the answer are in. */
export function attempt(used: Credentials, call: KubeRequest, signal: AbortSignal): Promise<Attempt> {
  const { server, agent, headers } = used;
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  return new Promise((resolve) => {
    const sent = request({
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
    });
    sent.on('response', (answer) => resolve({ ok: true, answer }));
    sent.on('error', (cause: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && cause.code === 'ECONNRESET';
      const isDistrusted = DISTRUST.test(cause.code ?? '');
      resolve({ ok: false, error: connectionError(call, cause, signal), isStale, isDistrusted });
    });
    sent.end(body);
  });
}

/** OpenSSL's codes for a chain that can't be verified. */
const DISTRUST = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_)/;

export function connectionError(call: KubeRequest, cause: unknown, signal?: AbortSignal): KubeError {
  const why = signal?.aborted ? reasonOf(signal) : cause instanceof Error ? cause.message : String(cause);
  return new KubeError(0, 'Connection', `${call.method} ${call.path} got no answer: ${why}`, { cause });
}

const reasonOf = ({ reason }: AbortSignal): string => (reason instanceof Error ? reason.message : String(reason));

function queryString(query: KubeRequest['query']): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
