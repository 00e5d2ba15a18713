import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request of the client looked like. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers instead of the registry behind it; false lets the request through. */
export type Guard = (request: Seen, response: ServerResponse) => boolean;

/** A server on loopback, in front of a registry or alone. */
export interface GuardedRegistry {
  readonly host: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Stands in front of the real registry with what that one has not: logins, and faults. */
export async function guardRegistry(behind: string, guard: Guard): Promise<GuardedRegistry> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = '', url: path = '', headers } = incoming;
    const one = { method, path, authorization: headers.authorization, body: body.toString('utf8') };
    seen.push(one);
    if (guard(one, response)) return;
    const { authorization: _, host: __, ...rest } = headers;
    const sent = request(`http://${behind}${path}`, { method, headers: rest });
    sent.end(body);
    const [real] = (await once(sent, 'response')) as [IncomingMessage];
    response.writeHead(real.statusCode ?? 500, real.headers);
    real.pipe(response);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
