import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { connectWith, type KubeConnection } from '../../src/kube/connect.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';

/** One request that the script answers. */
export interface Exchange {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether it is a watch. */
  readonly isWatch: boolean;
  /** Answers with JSON. */
  json(status: number, body: object, headers?: Readonly<Record<string, string>>): void;
  /** Answers a list. */
  list(version: string, names: readonly string[], next?: string): void;
  /** Sends events of a watch, the stream staying open. */
  events(...events: readonly object[]): void;
}

/** An API server that does what the script says, for what a real one can't be made to show. */
export interface ScriptedServer {
  readonly connection: KubeConnection;
  readonly url: string;
  /** The PEM that its certificate is checked against. */
  readonly authority: string;
  readonly exchanges: readonly Exchange[];
  /** Sockets that clients have opened. */
  sockets(): number;
  stop(): Promise<void>;
}

export const configMap = (name: string, resourceVersion: string) => ({
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', resourceVersion },
});

const authority = await createCertificateAuthority({ commonName: 'Scripted', now: new Date(), days: 1 });
const serving = await issueServingCertificate(authority, { hosts: ['127.0.0.1'], now: new Date(), days: 1 });

/** Starts a server; `script` is asked for each request, with how many there were before it. */
export async function startScripted(script: (exchange: Exchange, index: number) => void): Promise<ScriptedServer> {
  const exchanges: Exchange[] = [];
  let sockets = 0;
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
    const exchange = exchangeOf(request, response);
    exchanges.push(exchange);
    script(exchange, exchanges.length - 1);
  });
  server.on('secureConnection', () => {
    sockets += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const config = new KubeConfig();
  const caData = Buffer.from(authority.certificate).toString('base64');
  config.loadFromClusterAndUser(
    { name: 'c', server: `https://127.0.0.1:${address.port}`, caData, skipTLSVerify: false },
    { name: 'u', token: 'token' },
  );
  return {
    connection: connectWith(config),
    url: `https://127.0.0.1:${address.port}`,
    authority: authority.certificate,
    exchanges,
    sockets: () => sockets,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
  const url = new URL(request.url ?? '/', 'https://scripted');
  const json: Exchange['json'] = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  return {
    url,
    request,
    response,
    isWatch: url.searchParams.get('watch') === 'true',
    json,
    list: (resourceVersion, names, next) =>
      json(200, {
        metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
        items: names.map((name) => configMap(name, resourceVersion)),
      }),
    events(...events) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    },
  };
}
