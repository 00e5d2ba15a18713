// deadline: 60
import dns from 'node:dns';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { s3Store } from '../../src/evidence/s3/store.ts';
import { serveTls } from '../support/tls-server.ts';
import { S3_KEYS, type S3Server, startS3 } from '../tools/s3.ts';
import { settingsFor } from './providers/s3.ts';

const DOMAIN = 's3.example.test';
let server: S3Server;
const { lookup } = dns;
const test = suite('where a bucket is');
test.before(async () => {
  server = await startS3(['--virtual-domain', DOMAIN]);
  await server.makeBucket('evidence');
  // Names below the domain are this machine.
  const here = (name: string, ...rest: never[]) =>
    (lookup as (name: string, ...rest: never[]) => void)(name.endsWith(DOMAIN) ? '127.0.0.1' : name, ...rest);
  Object.assign(dns, { lookup: here });
});
test.after(async () => {
  Object.assign(dns, { lookup });
  await server?.stop();
});

test('in the name of the host, as Amazon has it', async () => {
  const endpoint = `http://${DOMAIN}:${new URL(server.endpoint).port}`;
  const identity = { kind: 'keys', keys: S3_KEYS } as const;
  const spec = { bucket: 'evidence', endpoint, signedUrls: { expiry: '1m' } };
  const store = s3Store({ kind: 's3', spec, identity });
  assert.equal(await probe(store), { ok: true, removed: true });
  const { digest } = await putBytes(store, Buffer.from('bytes'));
  const { url = '' } = (await store.link?.(digest, new Date())) ?? {};
  assert.ok(url.startsWith(`http://evidence.${DOMAIN}:`), url);
  assert.is(await (await fetch(url)).text(), 'bytes');
  await store.remove(digest);
});

test('over TLS with an authority of its own, and not without it', async () => {
  const front = await serveTls((incoming, outgoing) => {
    const { method = 'GET', headers, url = '/' } = incoming;
    const forwarded = request(new URL(url, server.endpoint), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  try {
    const settings = settingsFor({ endpoint: front.url }, 'evidence');
    const refused = await probe(s3Store(settings));
    assert.match(refused.ok ? 'fine' : refused.message, /certificate/);
    assert.equal(front.asked, []);
    assert.equal(await probe(s3Store({ ...settings, spec: { ...settings.spec, ca: front.ca } })), {
      ok: true,
      removed: true,
    });
  } finally {
    await front.close();
  }
});

test('under a prefix, beside what is not ours', async () => {
  const settings = settingsFor(server, 'evidence', 'a/b/');
  await writeFile(server.pathOf('evidence', 'foreign'), 'not ours');
  assert.equal(await probe(s3Store(settings)), { ok: true, removed: true });
  await s3Store(settings).sweep(Date.now() + 365 * 24 * 3600_000);
  assert.equal(await server.objects('evidence'), ['foreign']);
});

test.run();
