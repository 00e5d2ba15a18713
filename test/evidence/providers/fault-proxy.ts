import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers instead of the server behind; `undefined` lets the request through. */
export type Fault = (request: IncomingMessage) => ((response: ServerResponse) => void) | undefined;

/** Stands before a real server, for what that can't be made to do. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Method, path and query of what came, in order. */
  readonly asked: string[];
  /** The headers of the last request. */
  headers(): IncomingMessage['headers'];
  /** What is answered from now on instead. */
  fail(fault: Fault): void;
  /** Changes what the server behind answers to such requests: a part of the body is sent, or another one. */
  alter(matches: (request: IncomingMessage) => boolean, body: (bytes: Buffer) => Buffer | 'cut' | 'stall'): void;
  /** Turns a bit around in the body of such requests. */
  damage(matches: (request: IncomingMessage) => boolean): void;
  stop(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const asked: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  let fault: Fault = () => undefined;
  let damaged: (request: IncomingMessage) => boolean = () => false;
  let altered: Parameters<FaultProxy['alter']> = [() => false, (bytes) => bytes];

  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    headers = incoming.headers;
    const answer = fault(incoming);
    if (answer !== undefined) {
      incoming.resume();
      incoming.on('end', () => answer(outgoing));
      return;
    }
    const { method = 'GET', url = '/' } = incoming;
    // The host is signed too, so it stays the one that the client knows.
    const forwarded = request(new URL(url, target), { method, headers: incoming.headers }, (reply) => {
      const [matches, body] = altered;
      if (!matches(incoming)) {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
        return;
      }
      void reply.toArray().then((chunks) => {
        const bytes = Buffer.concat(chunks);
        const changed = body(bytes);
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        if (changed === 'cut') outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
        else if (changed === 'stall') outgoing.write(bytes.subarray(0, bytes.length / 2));
        else outgoing.end(changed);
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    if (damaged(incoming)) void incoming.toArray().then((chunks) => forwarded.end(withOtherBit(Buffer.concat(chunks))));
    else incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    headers: () => headers,
    fail: (next) => {
      fault = next;
    },
    alter: (...next) => {
      altered = next;
    },
    damage: (matches) => {
      damaged = matches;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const withOtherBit = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
