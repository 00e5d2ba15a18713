import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';

/** A server over TLS on a free port of this machine, with an authority of its own. */
export interface TlsServer {
  readonly url: string;
  /** PEM to check it against. */
  readonly ca: string;
  /** Paths that were asked for, without the slash before them. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function serveTls(answer: RequestListener): Promise<TlsServer> {
  const now = new Date();
  const authority = await createCertificateAuthority({ commonName: 'Test mirror', now, days: 1 });
  const serving = await issueServingCertificate(authority, { hosts: ['127.0.0.1', 'localhost'], now, days: 1 });
  const asked: string[] = [];
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
    asked.push((request.url ?? '').slice(1));
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.certificate,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with the files of the moment. */
export const serveFiles =
  (files: () => ReadonlyMap<string, Buffer>): RequestListener =>
  ({ url = '' }, response) => {
    const found = files().get(url.slice(1));
    response.writeHead(found === undefined ? 404 : 200).end(found);
  };
