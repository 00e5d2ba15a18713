import { once } from 'node:events';
import { createServer } from 'node:http';
import { CONTENT_TYPE, type ExpositionForm, formFor } from './exposition.ts';

/** `undefined` when all is well, else why not. */
export type HealthCheck = () => string | undefined;

export interface HealthOptions {
  readonly port: number;
  readonly host?: string;
  readonly live: Readonly<Record<string, HealthCheck>>;
  readonly ready: Readonly<Record<string, HealthCheck>>;
  /** The page of `/metrics`; absent, there is none. */
  readonly metrics?: (form: ExpositionForm) => Promise<string>;
}

/** Serves `/livez`, `/readyz` and `/metrics` over plain HTTP, each with `?verbose`; returns how to stop it. */
export async function serveHealth(options: HealthOptions): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://health');
    if (url.pathname === '/metrics' && options.metrics !== undefined) {
      const form = formFor(request.headers.accept);
      options.metrics(form).then(
        (text) => response.writeHead(200, { 'content-type': CONTENT_TYPE[form] }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const checks = { '/livez': options.live, '/readyz': options.ready }[url.pathname];
    if (checks === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('only /livez and /readyz are here\n');
      return;
    }
    const results = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }));
    const failed = results.filter(({ problem }) => problem !== undefined);
    const shown = url.searchParams.has('verbose') ? results : failed;
    const lines = shown.map(({ name, problem }) =>
      problem === undefined ? `[+] ${name} ok` : `[-] ${name}: ${problem}`,
    );
    const code = failed.length === 0 ? 200 : 503;
    response.writeHead(code, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
    response.end(`${[...lines, code === 200 ? 'ok' : 'failed'].join('\n')}\n`);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
}
