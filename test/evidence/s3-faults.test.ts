// deadline: 120
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { createRoom } from '../../src/evidence/room.ts';
import { s3Store } from '../../src/evidence/s3/store.ts';
import type { Digest, EvidenceBytes } from '../../src/evidence/store.ts';
import { problemOf } from '../support/outcome.ts';
import { some } from '../support/some.ts';
import { S3_KEYS, type S3Server, startS3 } from '../tools/s3.ts';
import { type FaultProxy, startFaultProxy } from './providers/fault-proxy.ts';
import { SMALL, settingsFor } from './providers/s3.ts';

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const BUCKET = 'evidence';
const LARGE = SMALL.part * 2 + 7;

let server: S3Server;
let proxy: FaultProxy;
let store: EvidenceBytes;
const test = suite('S3 store, faults');
test.before(async () => {
  server = await startS3();
  await server.makeBucket(BUCKET);
});
test.before.each(async () => {
  proxy = await startFaultProxy(server.endpoint);
  store = s3Store(settingsFor(proxy, BUCKET), SMALL, createRoom(64 << 20));
});
test.after.each(() => proxy?.stop());
test.after(() => server?.stop());

async function kept(): Promise<Buffer> {
  const bytes = randomBytes(LARGE);
  await putBytes(store, bytes);
  return bytes;
}

const answering =
  (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { 'content-type': 'application/xml', ...headers })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);

test('a server that is out of order is told of in its own words', async () => {
  proxy.fail(() => answering(500, 'InternalError', 'We encountered an internal error.'));
  const { digest } = { digest: digestOf(Buffer.from('x')) };
  const told = /^the S3 store failed: 500 InternalError: We encountered an internal error\.$/;
  for (const use of [() => putBytes(store, Buffer.from('x')), () => store.get(digest), () => store.remove(digest)]) {
    const problem = await problemOf(use());
    assert.is(problem.code, 'store-unavailable');
    assert.match(problem.message, told);
  }
  // There is no room for words in the answer to a HEAD.
  assert.match((await problemOf(store.stat(digest))).message, /^the S3 store failed: 500$/);
});

test('a server that asks to slow down is asked again, and gets all of the bytes', async () => {
  for (const size of [1000, LARGE]) {
    let count = 0;
    proxy.fail(() => {
      count += 1;
      return count % 3 === 1 ? answering(503, 'SlowDown', 'Please reduce your request rate.') : undefined;
    });
    const bytes = randomBytes(size);
    await putBytes(store, bytes);
    assert.ok(bytes.equals(await buffer(some(await store.get(digestOf(bytes))))));
  }
  assert.equal(await server.parts(BUCKET), []);
});

test('what fails at any one request of a large upload leaves nothing that is seen', async () => {
  const steps: readonly [string, RegExp][] = [
    ['the beginning', /^POST .*\?uploads/],
    ['the second part', /^PUT .*partNumber=2/],
    ['the last part', /^PUT .*partNumber=3/],
    ['the end', /^POST .*uploadId=/],
    ['the copy', /^POST .*blobs.*\?uploads/],
    ['a piece of the copy', /^PUT .*blobs.*partNumber=2/],
    ['the end of the copy', /^POST .*blobs.*uploadId=/],
    ['the look at the copy', /^HEAD /],
  ];
  const before = await server.objects(BUCKET);
  for (const [what, pattern] of steps) {
    proxy.fail(({ method, url }) =>
      pattern.test(`${method} ${url}`) ? answering(403, 'AccessDenied', 'No.') : undefined,
    );
    const bytes = randomBytes(LARGE);
    const problem = await problemOf(putBytes(store, bytes));
    assert.is(problem.code, 'store-unavailable', what);
    proxy.fail(() => undefined);
    assert.equal(await server.parts(BUCKET), [], what);
    if (what === 'the look at the copy') continue;
    assert.is(await store.stat(digestOf(bytes)), undefined, what);
    assert.equal(await server.objects(BUCKET), before, what);
  }
});

test('an object whose digest is stated goes to its place without a copy, and is not seen before it is complete', async () => {
  const bytes = randomBytes(LARGE);
  const stage = await store.stage(digestOf(bytes));
  await stage.write(bytes);
  assert.is(await store.stat(digestOf(bytes)), undefined);
  await stage.commit();
  await stage.discard();
  assert.ok(bytes.equals(await buffer(some(await store.get(digestOf(bytes))))));
  assert.equal(
    proxy.asked.filter((line) => line.includes('staging')),
    [],
  );
  assert.equal(await server.parts(BUCKET), []);
  await store.remove(digestOf(bytes));
});

test('attack: bytes under the digest of others', async () => {
  const theirs = digestOf(await kept());
  const before = await server.objects(BUCKET);
  for (const size of [1000, LARGE]) {
    const bytes = randomBytes(size);
    const stage = await store.stage(theirs);
    await stage.write(bytes);
    // A small one is put under the digest that it has.
    if (size > SMALL.part) assert.is((await problemOf(stage.commit())).code, 'digest-mismatch');
    await stage.discard();
  }
  assert.equal(await server.objects(BUCKET), before);
  assert.equal(await server.parts(BUCKET), []);
  for await (const _ of some(await store.get(theirs)));
});

test('attack: an error inside an answer that says 200', async () => {
  const before = await server.objects(BUCKET);
  for (const pattern of [/^POST .*staging.*uploadId=/, /^PUT .*blobs.*partNumber=1/]) {
    proxy.fail(({ method, url }) =>
      pattern.test(`${method} ${url}`) ? answering(200, 'InternalError', 'It was too much.') : undefined,
    );
    const problem = await problemOf(putBytes(store, randomBytes(LARGE)));
    assert.match(problem.message, /InternalError: It was too much\./);
    proxy.fail(() => undefined);
    assert.equal(await server.objects(BUCKET), before);
  }
});

test('attack: an object that is cut off, wrong, or a part of which is another one than was asked for', async () => {
  const bytes = randomBytes(300_000);
  const { digest } = await putBytes(store, bytes);
  const isGet = ({ method }: IncomingMessage) => method === 'GET';
  const read = async (range?: { start: number; end: number }): Promise<string> =>
    (await problemOf((async () => buffer(some(await store.get(digest, range))))())).code;
  proxy.alter(isGet, () => 'cut');
  assert.is(await read(), 'store-unavailable');
  assert.is(await read({ start: 10, end: 99_999 }), 'store-unavailable');
  proxy.alter(isGet, (whole) => Buffer.concat([whole.subarray(1), Buffer.from('x')]));
  assert.is(await read(), 'digest-mismatch');
  proxy.alter(
    () => false,
    (whole) => whole,
  );
  proxy.fail(({ method }) =>
    method === 'GET'
      ? (response) => void response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
      : undefined,
  );
  assert.is(await read({ start: 10, end: 19 }), 'store-unavailable');
});

test('attack: a redirect to another host gets no credentials, nor anything else', async () => {
  const other = await startFaultProxy(server.endpoint);
  try {
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `${other.endpoint}/evidence/x`;
      proxy.fail(() => answering(status, 'TemporaryRedirect', 'Please re-send it there.', { location }));
      const bytes = Buffer.from('x');
      const digest = digestOf(bytes);
      for (const use of [() => putBytes(store, bytes), () => store.get(digest), () => store.stat(digest)]) {
        assert.is((await problemOf(use())).code, 'store-unavailable', String(status));
      }
    }
    assert.equal(other.asked, []);
  } finally {
    await other.stop();
  }
});

test('attack: bytes that change on their way in are refused', async () => {
  proxy.damage(({ method }) => method === 'PUT');
  const before = await server.objects(BUCKET);
  for (const size of [1000, LARGE]) {
    assert.match((await problemOf(putBytes(store, randomBytes(size)))).message, /SHA256|BadDigest|Checksum/i);
  }
  assert.equal(await server.objects(BUCKET), before);
});

test('a probe of what is wrong says so in the words of the provider', async () => {
  const settings = settingsFor(server, BUCKET);
  const said = async (other: object, keys: object = {}): Promise<string> => {
    const identity = { kind: 'keys', keys: { ...S3_KEYS, ...keys } } as const;
    const result = await probe(s3Store({ ...settings, spec: { ...settings.spec, ...other }, identity }));
    return result.ok ? 'fine' : result.message;
  };
  assert.is(await said({}), 'fine');
  assert.match(
    await said({ bucket: 'absent' }),
    /^writing a probe object failed: the S3 store failed: 404 NoSuchBucket: /,
  );
  assert.match(await said({}, { secretAccessKey: 'wrong' }), /403 SignatureDoesNotMatch: /);
  assert.match(await said({}, { accessKeyId: 'nobody' }), /404 XAdminUserNotFound: No user exists/);
  assert.match(
    await said({ region: 'eu-central-1' }),
    /400 AuthorizationHeaderMalformed: .*region "eu-central-1" is wrong/,
  );
  assert.match(await said({ endpoint: 'http://127.0.0.1:1' }), /ECONNREFUSED/);
  assert.match(await said({ endpoint: 'http://absent.invalid' }), /ENOTFOUND absent\.invalid/);
  const elsewhere = { location: 'http://absent.invalid/', 'x-amz-bucket-region': 'eu-west-1' };
  proxy.fail(() => answering(301, 'PermanentRedirect', 'Use the other endpoint.', elsewhere));
  assert.match(
    await said({ endpoint: proxy.endpoint }),
    /301 PermanentRedirect: Use the other endpoint\.: it points elsewhere, .* in eu-west-1$/,
  );
  proxy.fail(() => (response) => void response.writeHead(200).end('<html>log in first</html>'));
  assert.match(await said({ endpoint: proxy.endpoint }), /the answer is not one of S3$/);
  proxy.fail(() => (response) => void response.writeHead(502).end('<html>bad gateway</html>'));
  assert.match(await said({ endpoint: proxy.endpoint }), /the S3 store failed: 502$/);
  // What S3 says of an object that is missing to who may not list the bucket.
  proxy.fail(({ method }) => (method === 'HEAD' ? (response) => void response.writeHead(403).end() : undefined));
  assert.match(
    await said({ endpoint: proxy.endpoint }),
    /^looking for the removal of a probe object failed: the S3 store failed: 403/,
  );
  proxy.fail(() => () => {});
  assert.equal(await probe(store, Buffer.from('x'), 300), {
    ok: false,
    message: 'writing a probe object failed: no answer within 0.3 s',
  });
});

test('attack: uploads that take all the memory there is for them are turned away, and give it back', async () => {
  const small = s3Store(settingsFor(server, BUCKET), SMALL, createRoom(SMALL.part));
  const first = await small.stage();
  await first.write(randomBytes(SMALL.part));
  const second = await small.stage();
  assert.is((await problemOf(second.write(Buffer.from('x')))).code, 'overloaded');
  await second.discard();
  await first.discard();
  await first.discard();
  for (let times = 0; times < 3; times++) await putBytes(small, randomBytes(SMALL.part));
});

test('kill -9 in the middle of an upload leaves nothing visible, and the rest is swept once it is old', async () => {
  const module = JSON.stringify(new URL('../../src/evidence/s3/store.ts', import.meta.url).href);
  const script = `
    import { s3Store } from ${module};
    const stage = await s3Store(${JSON.stringify(settingsFor(server, BUCKET))}).stage();
    for (;;) { await stage.write(Buffer.alloc(1 << 20)); console.log('.'); }`;
  const before = await server.objects(BUCKET);
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (let seen = 0; seen < 60; ) seen += String((await once(child.stdout, 'data'))[0]).split('.').length - 1;
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await server.objects(BUCKET), before);
  assert.ok((await server.parts(BUCKET)).length > 0);
  assert.is(await store.sweep(Date.now()), 0);
  assert.is(await store.sweep(Date.now() + 25 * 3600_000), 1);
  assert.equal(await server.parts(BUCKET), []);
});

test.run();
