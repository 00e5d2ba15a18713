// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blobPath } from '../../src/evidence/layout.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { s3Store } from '../../src/evidence/s3/store.ts';
import type { Digest, EvidenceBytes } from '../../src/evidence/store.ts';
import { S3_KEYS, type S3Server, startS3 } from '../tools/s3.ts';
import { settingsFor } from './providers/s3.ts';

let server: S3Server;
let store: EvidenceBytes;
let page: Digest;
let other: Digest;
/** What a browser would show, if it were let. */
const PAGE = '<script>alert(1)</script>';
const test = suite('links to objects in S3');
test.before(async () => {
  server = await startS3();
  await server.makeBucket('evidence');
  store = opened('2m');
  page = (await putBytes(store, Buffer.from(PAGE))).digest;
  other = (await putBytes(store, Buffer.from('another object'))).digest;
});
test.after(() => server?.stop());

const opened = (expiry?: string, identity = S3_KEYS): EvidenceBytes => {
  const settings = settingsFor(server, 'evidence', "it's (mine)!/");
  const signedUrls = expiry === undefined ? {} : { signedUrls: { expiry } };
  return s3Store({
    ...settings,
    spec: { ...settings.spec, ...signedUrls },
    identity: { kind: 'keys', keys: identity },
  });
};
async function link(now = new Date()): Promise<URL> {
  const made = await store.link?.(page, now);
  return new URL(made?.url ?? '');
}
const ask = (url: URL, init?: RequestInit) => fetch(url, { ...init, redirect: 'error' });

test('are given by stores that are told to, and by no other', async () => {
  assert.is(opened().link, undefined);
  const now = new Date();
  assert.equal((await opened('1m30s').link?.(page, now))?.expires, new Date(now.getTime() + 90_000));
});

test('give the bytes, as something to be kept and not shown, to whoever has one', async () => {
  const answer = await ask(await link());
  assert.is(answer.status, 200);
  assert.is(await answer.text(), PAGE);
  assert.is(answer.headers.get('content-type'), 'application/octet-stream');
  assert.is(answer.headers.get('content-disposition'), `attachment; filename="${page.replace(':', '-')}"`);
  const part = await ask(await link(), { headers: { range: 'bytes=1-6' } });
  assert.equal([part.status, await part.text()], [206, 'script']);
});

test('attack: for a time that is over, another object, longer, another form or another way', async () => {
  const url = await link();
  const changed = (change: (url: URL) => void): URL => {
    const copy = new URL(url);
    change(copy);
    assert.is.not(copy.href, url.href);
    return copy;
  };
  const path = (digest: Digest): string => `/evidence/${encodeURI("it's (mine)!")}/${blobPath(digest)}`;
  const attempts: Readonly<Record<string, URL>> = {
    over: await link(new Date(Date.now() - 121_000)),
    other: changed((copy) => Object.assign(copy, { pathname: path(other) })),
    list: changed((copy) => Object.assign(copy, { pathname: '/evidence' })),
    longer: changed(({ searchParams }) => searchParams.set('X-Amz-Expires', '3600')),
    shown: changed(({ searchParams }) => searchParams.set('response-content-type', 'text/html')),
    inline: changed(({ searchParams }) => searchParams.delete('response-content-disposition')),
    unsigned: changed(({ searchParams }) => searchParams.delete('X-Amz-Signature')),
    bare: changed((copy) => Object.assign(copy, { search: '' })),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const { status } = await ask(attempt);
    assert.ok(status === 403 || status === 400, `${name}: ${status}`);
  }
  for (const method of ['PUT', 'DELETE', 'POST']) {
    const answer = await ask(url, { method, ...(method === 'DELETE' ? {} : { body: 'other bytes' }) });
    assert.ok(answer.status >= 400, `${method}: ${answer.status}`);
  }
  assert.is(await (await ask(url)).text(), PAGE);
});

test('have no secret in them', async () => {
  const { href, searchParams } = await link();
  assert.not.match(decodeURIComponent(href), new RegExp(S3_KEYS.secretAccessKey));
  assert.is(searchParams.get('X-Amz-SignedHeaders'), 'host');
});

test.run();
