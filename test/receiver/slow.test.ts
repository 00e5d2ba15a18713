import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response } from 'express';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from '../../src/receiver/app.ts';
import { bodyChunks } from '../../src/receiver/body.ts';
import type { ReceiverContext } from '../../src/receiver/context.ts';
import { MAX_IN_FLIGHT } from '../../src/receiver/limits.ts';
import { createPatience, paced } from '../../src/receiver/patience.ts';
import { problemHandler } from '../../src/receiver/respond.ts';
import { createShares } from '../../src/receiver/shares.ts';
import { NO_AUDIT } from '../../src/telemetry/audit.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import { IDS_ONLY } from '../../src/telemetry/tracing.ts';
import { freePort } from '../support/ports.ts';
import { some } from '../support/some.ts';

const test = suite('slow peers and too many of them');
const log = createLogger('receiver', 'silent');
const metrics = createReceiverMetrics();
let server: Server | undefined;
test.after.each(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const port = await freePort();
  server = createServer(listener);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return port;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}
async function read(answer: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of answer as AsyncIterable<Buffer>) text += chunk;
  return { status: answer.statusCode, headers: answer.headers, text };
}
const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { code?: string }).code ?? 'accepted';

/** A server that takes a body of at most `limit` bytes from whoever moves 1000 bytes a second and idles 100 ms at most. */
const takesBodies = (limit: number, work = () => Promise.resolve()) =>
  serve(
    express()
      .put('/', async (asked: Request, response: Response) => {
        let size = 0;
        for await (const chunk of bodyChunks(asked, limit, createPatience(100, 1000))) {
          size += chunk.length;
          await work();
        }
        response.json({ size });
      })
      .use(problemHandler(log, metrics.requests)),
  );

test('attack: a body of which a byte comes now and then', async () => {
  const port = await takesBodies(1_000_000);
  const sent = request({ port, method: 'PUT', headers: { 'content-length': 100_000 } });
  sent.on('error', () => {});
  const drip = setInterval(() => sent.write('x'), 5);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  clearInterval(drip);
  const refused = await read(answer);
  assert.equal([refused.status, codeOf(refused)], [408, 'body-too-slow']);
  assert.is(refused.headers.connection, 'close');
});

test('a store that is slow is not the fault of who sends', async () => {
  const port = await takesBodies(1_000_000, () => new Promise((resolve) => setTimeout(resolve, 150)));
  const sent = request({ port, method: 'PUT' });
  sent.end(Buffer.alloc(300_000));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  assert.is((await read(answer)).text, '{"size":300000}');
});

test('a refusal in the middle of a body that states no length is read by its sender', async () => {
  const port = await takesBodies(1000);
  const sent = request({ port, method: 'PUT' });
  sent.on('error', () => {});
  sent.write(Buffer.alloc(2000));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  assert.is(codeOf(await read(answer)), 'body-too-large');
});

test('a sender who goes away in the middle has sent an incomplete body', async () => {
  const codes: unknown[] = [];
  const port = await serve((asked, response) => {
    const chunks = bodyChunks(asked as Request, 1000);
    void (async () => {
      for await (const _ of chunks);
    })().catch((error: { code?: string }) => {
      codes.push(error.code);
      response.destroy();
    });
  });
  const sent = request({ port, method: 'PUT', headers: { 'content-length': 100 } });
  sent.on('error', () => {});
  const arrived = once(some(server), 'request');
  sent.write('x');
  const [, response] = (await arrived) as [IncomingMessage, Response];
  const closed = once(response, 'close');
  sent.destroy();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(codes, ['body-incomplete']);
});

test('attack: a reader who takes a little now and then', async () => {
  const source = Readable.from(Array.from({ length: 400 }, () => Buffer.alloc(65_536)));
  const failed = Promise.withResolvers<unknown>();
  const port = await serve((_asked, response) => {
    pipeline(paced(source, createPatience(100, 1_000_000)), response).then(failed.resolve, failed.resolve);
  });
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.pause();
  const nip = setInterval(() => socket.read(4096), 20);
  const failure = await failed.promise;
  clearInterval(nip);
  socket.destroy();
  assert.is((failure as { code?: string } | undefined)?.code, 'body-too-slow');
});

test('a reader who takes all of it gets all of it', async () => {
  const port = await serve((_asked, response) => {
    void pipeline(paced(Readable.from([Buffer.from('evi'), Buffer.from('dence')])), response);
  });
  const [answer] = (await once(get({ port }), 'response')) as [IncomingMessage];
  assert.is((await read(answer)).text, 'evidence');
});

test('an identity has its share of places, and gets each back', async () => {
  const takeShare = createShares(2);
  const port = await serve(
    express()
      .use((asked: Request, response: Response) => {
        takeShare(String(asked.query.who), response);
        if (asked.query.hold === undefined) response.json({});
      })
      .use(problemHandler(log, metrics.requests)),
  );
  const ask = async (path: string): Promise<Answer> => {
    const [answer] = (await once(get({ port, path }), 'response')) as [IncomingMessage];
    return read(answer);
  };
  const held = ['/?who=a&hold=1', '/?who=a&hold=2'].map((path) => get({ port, path }).on('error', () => {}));
  for (const _ of held) await once(some(server), 'request');
  const refused = await ask('/?who=a');
  assert.equal([refused.status, codeOf(refused), refused.headers['retry-after']], [429, 'rate-limited', '2']);
  assert.is((await ask('/?who=b')).status, 200);
  held[0]?.destroy();
  while ((await ask('/?who=a')).status === 429);
  for (let count = 0; count < 5; count++) assert.is((await ask('/?who=a')).status, 200);
});

/** The whole app, in which nobody is ever authenticated. */
const appWith = (isStopping: boolean) => {
  const parts = { log, audit: NO_AUDIT, metrics, tracing: IDS_ONLY };
  const context = { authenticate: () => new Promise(() => {}), ...parts };
  return createApp(context as unknown as ReceiverContext, () => isStopping);
};

/** What every refusal for want of room has to carry, before any route has seen the request. */
function assertShed({ status, headers, text }: Answer, code: string): void {
  assert.equal([status, codeOf({ status, headers, text })], [503, code]);
  assert.is(headers['retry-after'], '1');
  assert.is(headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.is(headers['cache-control'], 'no-store');
  assert.is(headers['x-content-type-options'], 'nosniff');
}

test('a receiver that is full or about to end says when to come again, with every header', async () => {
  const stopping = await serve(appWith(true));
  const [last] = (await once(get({ port: stopping, path: '/openapi.json' }), 'response')) as [IncomingMessage];
  assertShed(await read(last), 'shutting-down');
  server?.close();
  const port = await serve(appWith(false));
  let arrived = 0;
  const full = new Promise<void>((resolve) => {
    server?.on('request', () => {
      arrived += 1;
      if (arrived === MAX_IN_FLIGHT) resolve();
    });
  });
  for (let count = 0; count < MAX_IN_FLIGHT; count++)
    get({ port, path: '/v1/namespaces/a/runs' }).on('error', () => {});
  await full;
  const put = request({ port, path: '/v1/evidence/x', method: 'PUT', headers: { 'content-length': 10 } });
  put.on('error', () => {});
  put.flushHeaders();
  const [answer] = (await once(put, 'response')) as [IncomingMessage];
  assertShed(await read(answer), 'overloaded');
  assert.is(answer.headers.connection, 'close');
});

test('attack: a body that nobody asked for holds no connection once it is answered', async () => {
  const port = await serve(appWith(false));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /openapi.json HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx');
  socket.resume();
  await once(socket, 'end');
});

test.run();
