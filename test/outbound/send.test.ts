import type { RequestListener } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Resolve, refuseForbidden } from '../../src/outbound/guarded-lookup.ts';
import { type SendOptions, send } from '../../src/outbound/send.ts';
import { serveTls, type TlsServer } from '../support/tls-server.ts';

const test = suite('requests to where others want');
let server: TlsServer;
let answer: RequestListener;
const sent: { readonly body: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
test.before(async () => {
  server = await serveTls((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      answer(request, response);
    });
  });
});
test.before.each(() => {
  sent.length = 0;
  server.asked.length = 0;
  answer = (_request, response) => response.writeHead(202).end('taken');
});
test.after(() => server.close());

const options: SendOptions = {
  refusal: refuseForbidden,
  resolve: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
  ...{ timeoutMs: 20_000, maxBytes: 100, signal: new AbortController().signal },
};
const post = (path = '/in?key=secret', changes: Partial<SendOptions> = {}, url = server.url) =>
  send(
    { method: 'POST', url: new URL(path, url), headers: { 'x-a': 'b' }, body: '{"ä":1}', ca: server.ca },
    { ...options, ...changes },
  );
const refusal = (...args: Parameters<typeof post>): Promise<string> =>
  post(...args).then(
    () => 'sent',
    (error: Error) => error.message,
  );

test('what is sent arrives, and the beginning of the answer comes back', async () => {
  answer = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end('x'.repeat(1 << 20));
  const { status, headers, text } = await post();
  assert.equal([status, headers['retry-after'], text], [503, '7', 'x'.repeat(100)]);
  assert.equal([sent[0]?.body, sent[0]?.headers['content-length'], sent[0]?.headers['x-a']], ['{"ä":1}', '8', 'b']);
});

test('a name is connected to where the lookup has found it', async () => {
  const url = server.url.replace('127.0.0.1', 'localhost');
  assert.is((await post('/named', {}, url)).status, 202);
  const nobody: Resolve = (name, _options, done) => done(new Error(`${name}: no address is known of that name`));
  assert.match(await refusal('/x', { resolve: nobody }, url), /no address is known/);
});

test('attack: a redirect is not followed', async () => {
  answer = (_request, response) => response.writeHead(307, { location: `${server.url}/other` }).end();
  assert.is((await post()).status, 307);
  assert.is(sent.length, 1);
});

test('attack: an address that may not be asked, in the URL or behind a name, gets no connection', async () => {
  const refuse = (address: string): string => `${address} is not for you`;
  assert.match(await refusal('/x', { refusal: refuse }), /^127\.0\.0\.1:\d+: 127\.0\.0\.1 is not for you$/);
  const named = server.url.replace('127.0.0.1', 'localhost');
  assert.match(await refusal('/x', { refusal: refuse }, named), /127\.0\.0\.1 is not for you/);
  const both: Resolve = (_name, _options, done) =>
    done(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ]);
  assert.match(await refusal('/x', { resolve: both }, named), /169\.254\.169\.254 .* never asked/);
  assert.equal(sent, []);
});

test('attack: an answer that never comes, or never ends', async () => {
  answer = () => {};
  const silent = await refusal('/in?key=secret', { timeoutMs: 300 });
  assert.match(silent, /^127\.0\.0\.1:\d+: no whole answer within 0\.3 s$/);
  answer = (_request, response) => response.writeHead(200).write('x');
  assert.match(await refusal('/x', { timeoutMs: 300 }), /no whole answer/);
});

test('a certificate that nobody vouches for is told of without what is secret in the address', async () => {
  const said = await send(
    { method: 'POST', url: new URL('/in?key=secret', server.url), headers: {}, body: '' },
    options,
  ).catch((error: Error) => error.message);
  assert.match(String(said), /certificate/);
  assert.not.match(String(said), /secret/);
});

test.run();
