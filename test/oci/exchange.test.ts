import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createExchange } from '../../src/oci/exchange.ts';

const test = suite('oci exchange');
let server: Server;
/** By connection, how many requests came over it. */
const counts = new Map<unknown, number>();
/** The requests of a connection that are answered before it is closed. */
let answered = 1;
test.before(async () => {
  server = createServer(async (request, response) => {
    const count = (counts.get(request.socket) ?? 0) + 1;
    counts.set(request.socket, count);
    if (count > answered) request.socket.destroy();
    else response.end(await text(request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
test.before.each(() => counts.clear());
test.after(() => {
  server.closeAllConnections();
  server.close();
});

const sendTo = (exchange: ReturnType<typeof createExchange>, body: string) => {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return exchange.send({ method: 'POST', url, headers: {}, body: Buffer.from(body) });
};

test('a kept connection that was closed meanwhile is no failure', async () => {
  answered = 1;
  const exchange = createExchange();
  for (const body of ['one', 'two', 'three']) assert.is(await text(await sendTo(exchange, body)), body);
  assert.is(counts.size, 3);
  exchange.close();
});

test('attack: a server that closes every connection is asked no more than that', async () => {
  answered = 0;
  const exchange = createExchange();
  const failure = await sendTo(exchange, 'one').catch((error: Error) => error.message);
  assert.match(String(failure), /^POST http:\/\/127\.0\.0\.1:\d+\/: socket hang up$/);
  assert.is(counts.size, 1);
  exchange.close();
});

test.run();
