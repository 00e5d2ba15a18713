import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of a connection once it has brought so many bytes: it is cut, or brings no more. */
export interface Fate {
  readonly after: number;
  readonly end: 'cut' | 'hold';
}

/** Stands before a server, passes bytes on as they are, and breaks connections. */
export interface CuttingProxy {
  readonly port: number;
  /** Of the next connections, one by one; those after them are left alone. */
  readonly fates: Fate[];
  /** Bytes that it brought from the server since this was set. */
  brought: number;
  close(): void;
}

export async function startCuttingProxy(target: URL): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const fates: Fate[] = [];
  const server = createServer((client) => {
    const fate = fates.shift();
    const upstream = connect(Number(target.port), target.hostname);
    let count = 0;
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      count += chunk.length;
      proxy.brought += chunk.length;
      client.write(chunk);
      if (fate === undefined || count < fate.after) return;
      upstream.pause();
      // What it brought arrives first, however slow the client is: how much a cut costs is then known.
      if (fate.end === 'cut') client.destroySoon();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: CuttingProxy = {
    port: (server.address() as AddressInfo).port,
    fates,
    brought: 0,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return proxy;
}
