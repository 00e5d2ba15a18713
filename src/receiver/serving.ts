import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import { type Secret, secretText } from '../api/secret.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../telemetry/log.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';

export const SERVING_SECRET = 'proviso-receiver-tls';
const RELOAD_MS = 60_000;
const FIRST_MS = 500;

/** Waits until the serving certificate is there; resolves with it, or rejects with the signal's reason. */
export async function awaitCertificate(
  client: KubeClient,
  namespace: string,
  log: Logger,
  signal: AbortSignal,
): Promise<SecureContextOptions> {
  for (;;) {
    const found = await readCertificate(client, namespace).catch((error: unknown) => {
      log.warn({ err: error }, 'Serving certificate can not be read');
      return undefined;
    });
    if (found !== undefined) return found;
    await sleep(FIRST_MS, undefined, { signal });
  }
}

async function readCertificate(client: KubeClient, namespace: string): Promise<SecureContextOptions | undefined> {
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name: SERVING_SECRET });
  const cert = secretText(secret, 'tls.crt');
  const key = secretText(secret, 'tls.key');
  if (cert === undefined || key === undefined) return undefined;
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** Looks every minute whether the certificate was renewed, and serves new connections with it. */
export async function followCertificate(
  server: Server,
  client: KubeClient,
  namespace: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(RELOAD_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      const found = await readCertificate(client, namespace);
      if (found !== undefined) server.setSecureContext(found);
    } catch (error) {
      log.warn({ err: error }, 'Serving certificate can not be renewed');
    }
  }
}

/** An HTTPS server that drops slow clients soon. */
export function createReceiverServer(
  certificate: SecureContextOptions,
  onRequest: RequestListener,
  metrics: Pick<RequestMetrics, 'refused'>,
): Server {
  const server = createServer({
    ...certificate,
    handshakeTimeout: 5_000,
    headersTimeout: 5_000,
    // A gigabyte over a slow line takes a while; a body that drips is cut by the patience of who reads it.
    requestTimeout: 3600_000,
    keepAliveTimeout: 30_000,
    maxHeaderSize: 32 << 10,
    // Without it Node looks at its timeouts only every 30 seconds.
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = 2_000;
  server.setTimeout(60_000);
  server.on('request', onRequest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseUnreadable(error, socket, metrics));
  return server;
}

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is no HTTP, comes too slowly or has too large headers; no route ever sees it. */
function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  metrics: Pick<RequestMetrics, 'refused'>,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const line = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
  const problem = new Problem('request-invalid', `the request can not be read: ${line.slice(4).toLowerCase()}`);
  metrics.refused(problem.code);
  const body = JSON.stringify({ ...problem.toDocument(), status: Number(line.slice(0, 3)) });
  const head = ['content-type: application/problem+json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`];
  socket.end([`HTTP/1.1 ${line}`, ...head, 'connection: close', '', body].join('\r\n'));
}
