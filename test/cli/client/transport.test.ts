import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { readAnswer } from '../../../src/cli/client/answer.ts';
import { createTransport, type Transport } from '../../../src/cli/client/transport.ts';
import { createCertificateAuthority } from '../../../src/pki/authority.ts';
import { issueServingCertificate } from '../../../src/pki/serving.ts';

const test = suite('cli transport');
type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let endpoint: URL;
let ca: string;
/** What the server does with each request in turn; the last one stays. */
let handlers: Handler[];
let seen: IncomingMessage[];
let retries: string[];
let transport: Transport;

test.before(async () => {
  const now = new Date();
  const authority = await createCertificateAuthority({ commonName: 'test', now, days: 1 });
  ca = authority.certificate;
  const serving = await issueServingCertificate(authority, { hosts: ['127.0.0.1'], now, days: 1 });
  server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
    seen.push(request);
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    handler?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  endpoint = new URL(`https://127.0.0.1:${address.port}`);
});
test.after(() => {
  server.closeAllConnections();
  server.close();
});
test.before.each(() => {
  seen = [];
  retries = [];
  const onRetry = (why: string): void => void retries.push(why);
  transport = createTransport({ endpoint, token: async () => 'secret', ca, attempts: 3, onRetry });
});
test.after.each(() => transport.close());

const fine: Handler = (_request, response) => void response.end('fine');
const busy: Handler = (_request, response) => {
  const document = { code: 'overloaded', title: 'busy', status: 503, detail: 'come back later' };
  response.writeHead(503, { 'retry-after': '0', 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(document));
};
const hangUp: Handler = (request) => void request.socket.destroy();
const refusalOf = async (work: Promise<unknown>): Promise<Problem> => {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`a problem was expected, not ${String(outcome)}`);
};

test('the token goes along, and a busy receiver is asked again', async () => {
  handlers = [busy, busy, fine];
  const answer = await transport.open({ method: 'POST', path: '/v1/x', idempotent: false });
  assert.is((await readAnswer(answer)).toString(), 'fine');
  assert.is(seen.length, 3);
  assert.is(seen[2]?.headers.authorization, 'Bearer secret');
  assert.equal(retries, ['come back later', 'come back later']);
});

test('after the last try the refusal is what the receiver said', async () => {
  handlers = [busy];
  const problem = await refusalOf(transport.open({ method: 'GET', path: '/', idempotent: true }));
  assert.is(problem.code, 'overloaded');
  assert.is(problem.message, 'come back later');
  assert.is(seen.length, 3);
});

test('a connection that breaks is tried again only if that does no harm', async () => {
  handlers = [hangUp, fine];
  await readAnswer(await transport.open({ method: 'PUT', path: '/', idempotent: true, body: Buffer.from('x') }));
  assert.is(seen.length, 2);
  handlers = [hangUp, fine];
  const problem = await refusalOf(transport.open({ method: 'POST', path: '/', idempotent: false }));
  assert.is(problem.code, 'receiver-unreachable');
  assert.is(seen.length, 3);
});

test('a stream is opened anew for every try', async () => {
  const bodies: string[] = [];
  const collect =
    (then: Handler): Handler =>
    async (request, response) => {
      bodies.push((await readAnswer(request)).toString());
      then(request, response);
    };
  handlers = [collect(busy), collect(fine)];
  const body = (): Readable => Readable.from([Buffer.from('ab'), Buffer.from('cd')]);
  const call = { method: 'PUT', path: '/', idempotent: true, headers: { 'content-length': 4 }, body } as const;
  await readAnswer(await transport.open(call));
  assert.equal(bodies, ['abcd', 'abcd']);
});

test('a refusal that comes before the last byte is told, and the sending stops', async () => {
  let sent = 0;
  const endless = new Readable({
    read() {
      sent += 65_536;
      setImmediate(() => this.push(Buffer.alloc(65_536)));
    },
  });
  handlers = [
    (_request, response) => {
      response.writeHead(413, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'body-too-large', title: 't', status: 413, detail: 'too large' }));
    },
  ];
  const headers = { 'content-length': 1 << 30 };
  const call = { method: 'PUT', path: '/', idempotent: true, headers, body: () => endless } as const;
  assert.is((await refusalOf(transport.open(call))).code, 'body-too-large');
  assert.ok(endless.destroyed);
  assert.ok(sent < 1 << 29);
});

test('a source that fails is told as such, and is no matter of the network', async () => {
  handlers = [fine];
  const body = (): Readable =>
    new Readable({
      read() {
        this.destroy(new Problem('material-invalid', 'the file changed'));
      },
    });
  const call = { method: 'PUT', path: '/', idempotent: true, headers: { 'content-length': 9 }, body } as const;
  assert.is((await refusalOf(transport.open(call))).message, 'the file changed');
  assert.equal(retries, []);
});

test('a redirect is not followed, since the token is for one address', async () => {
  handlers = [(_request, response) => void response.writeHead(307, { location: 'https://elsewhere.example/' }).end()];
  const problem = await refusalOf(transport.open({ method: 'GET', path: '/', idempotent: true }));
  assert.match(problem.message, /answered 307/);
  assert.is(seen.length, 1);
});

test('what answers without being Proviso is shown, with where to look', async () => {
  handlers = [(_request, response) => void response.writeHead(502).end('<html>Bad gateway</html>')];
  const problem = await refusalOf(transport.open({ method: 'GET', path: '/', idempotent: true }));
  assert.match(problem.message, /502: <html>Bad gateway/);
  assert.match(problem.hint ?? '', /PROVISO_ENDPOINT/);
});

test('a certificate of another authority, or for another name, ends it before the token is sent', async () => {
  handlers = [fine];
  const other = await createCertificateAuthority({ commonName: 'other', now: new Date(), days: 1 });
  const name = new URL(endpoint);
  name.hostname = 'localhost';
  for (const wrong of [{ endpoint, ca: other.certificate }, { endpoint }, { endpoint: name, ca }]) {
    const stranger = createTransport({ ...wrong, token: async () => 'secret', attempts: 3, onRetry: () => {} });
    const problem = await refusalOf(stranger.open({ method: 'GET', path: '/', idempotent: true }));
    assert.is(problem.code, 'receiver-unreachable');
    stranger.close();
  }
  assert.is(seen.length, 0);
});

test.run();
