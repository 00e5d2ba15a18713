// deadline: 120
import { randomBytes } from 'node:crypto';
import { access as canAccess, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { secretData } from '../../src/api/secret.ts';
import type { StoreAccess } from '../../src/evidence/access.ts';
import { sha256Digest } from '../../src/evidence/digest.ts';
import { ociSettings } from '../../src/evidence/oci/settings.ts';
import { ociStore } from '../../src/evidence/oci/store.ts';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { createRoom } from '../../src/evidence/room.ts';
import type { EvidenceBytes } from '../../src/evidence/store.ts';
import { openRepository } from '../../src/oci/repository.ts';
import { problemOf } from '../support/outcome.ts';
import { some } from '../support/some.ts';
import { type Distribution, startDistribution } from '../tools/distribution.ts';
import { startRegistry } from '../tools/registry.ts';
import { type FaultProxy, startFaultProxy } from './providers/fault-proxy.ts';
import { PART, settingsFor } from './providers/oci.ts';

const NAME = 'proviso/evidence';
const LARGE = 2 * PART + 7;
/** bcrypt of `of the tests`. */
const HTPASSWD = 'proviso:$2a$04$oneuh7muWNfHWqzkL2L7Ie2Ab2m8WcTgWEJFkG6ry.WXtZKrkepae\n';

let registry: Distribution;
let proxy: FaultProxy;
const test = suite('OCI store');
test.before(async () => {
  registry = await startDistribution();
});
test.before.each(async () => {
  proxy = await startFaultProxy(`http://${registry.host}`);
});
test.after.each(() => proxy?.stop());
test.after(() => registry?.stop());

const storeAt = (host: string, name = NAME): EvidenceBytes =>
  ociStore(settingsFor(host, name), PART, createRoom(64 << 20));
const hostOf = ({ endpoint }: FaultProxy): string => new URL(endpoint).host;
const busy =
  (status: number, headers: Record<string, string | number> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"later"}]}');

test('what is kept survives the garbage collection of the registry, and what is removed does not', async () => {
  const store = storeAt(registry.host, 'gc/evidence');
  const [kept, removed, empty] = [randomBytes(LARGE), randomBytes(1000), Buffer.from('{}')];
  for (const bytes of [kept, removed, empty]) await putBytes(store, bytes);
  const loose = randomBytes(1000);
  const repository = openRepository({ host: registry.host, name: 'gc/evidence' });
  await repository.pushBlob({ digest: sha256Digest(loose), size: loose.length, body: loose });
  assert.is(await store.remove(sha256Digest(removed)), true);
  // What every manifest needs isn't removed with evidence that has the same bytes.
  assert.is(await store.remove(sha256Digest(empty)), false);
  await registry.collectGarbage();
  await canAccess(registry.pathOf(sha256Digest(kept)));
  assert.ok(kept.equals(await buffer(some(await store.get(sha256Digest(kept))))));
  for (const bytes of [removed, loose]) {
    await canAccess(registry.pathOf(sha256Digest(bytes))).then(
      () => assert.unreachable('it is still there'),
      () => {},
    );
  }
  // The manifest of what is kept is whole too.
  const { bytes } = await repository.manifest(`evidence-${sha256Digest(kept).slice(7)}`);
  const { config, artifactType } = JSON.parse(bytes.toString()) as { config: { digest: string }; artifactType: string };
  assert.is(config.digest, sha256Digest('{}'));
  assert.is(artifactType, 'application/vnd.proviso.evidence.v1');
  assert.is(await repository.statBlob(sha256Digest('{}')), 2);
  repository.close();
});

test('a registry that removes nothing is said to, and a probe always writes the same there', async () => {
  const other = await startDistribution({ removes: false });
  try {
    const bytes = Buffer.from('a probe');
    for (let times = 0; times < 3; times++) {
      assert.equal(await probe(storeAt(other.host), bytes), { ok: true, removed: false });
    }
    assert.is((await other.tags(NAME)).length, 1);
  } finally {
    await other.stop();
  }
});

test('another registry, with objects of every size', async () => {
  const other = await startRegistry();
  try {
    const store = storeAt(other.host);
    for (const size of [0, 1, PART, PART + 1, LARGE]) {
      const bytes = randomBytes(size);
      const { digest } = await putBytes(store, bytes);
      assert.ok(bytes.equals(await buffer(some(await store.get(digest)))), String(size));
      assert.is((await store.stat(digest))?.size, size);
    }
  } finally {
    await other.stop();
  }
});

test('what fails at any one request leaves no record, and is told in the words of the registry', async () => {
  const before = await registry.tags(NAME);
  const steps: readonly [string, RegExp, number][] = [
    ['a place for an upload', /^POST .*uploads/, 1000],
    ['the bytes', /^PUT .*uploads/, 1000],
    ['the first chunk', /^PATCH /, LARGE],
    ['the end of an upload', /^PUT .*uploads/, LARGE],
    ['the manifest', /^PUT .*manifests/, LARGE],
  ];
  for (const [what, pattern, size] of steps) {
    proxy.fail(({ method, url }) => (pattern.test(`${method} ${url}`) ? busy(503, { 'retry-after': 60 }) : undefined));
    const problem = await problemOf(putBytes(storeAt(hostOf(proxy)), randomBytes(size)));
    assert.equal([problem.code, problem.retryAfter], ['store-unavailable', 60], what);
    assert.match(problem.message, /^the registry failed: \S+ http:\S+ answered 503: TOOMANYREQUESTS: later$/, what);
    assert.equal(await registry.tags(NAME), before, what);
    assert.equal(await registry.uploads(NAME), [], what);
  }
});

test('a registry that asks to slow down is asked again, and gets all of the bytes', async () => {
  const store = storeAt(hostOf(proxy));
  for (const status of [429, 503]) {
    for (const size of [1000, LARGE]) {
      let count = 0;
      proxy.fail(() => {
        count += 1;
        return count % 2 === 1 ? busy(status) : undefined;
      });
      const bytes = randomBytes(size);
      const { digest } = await putBytes(store, bytes);
      assert.is((await store.stat(digest))?.size, size);
      assert.ok(bytes.equals(await buffer(some(await store.get(digest)))));
      assert.ok(await store.remove(digest));
    }
  }
  assert.equal(await registry.uploads(NAME), []);
});

test('a registry is not asked before it wants to be, be it said in seconds or as a date', async () => {
  const digest = sha256Digest('nothing');
  for (const [after, atLeast] of [
    [() => '1', 1000],
    // Dates have whole seconds.
    [() => new Date(Date.now() + 2000).toUTCString(), 900],
  ] as const) {
    const times: number[] = [];
    proxy.fail(() => {
      times.push(performance.now());
      return times.length === 1 ? busy(503, { 'retry-after': after() }) : undefined;
    });
    assert.is(await storeAt(hostOf(proxy)).stat(digest), undefined);
    const [first = 0, second = 0] = times;
    assert.is(times.length, 2);
    assert.ok(second - first >= atLeast, `asked again after ${second - first} ms`);
  }
});

test('attack: a registry that is always busy keeps nobody for long', async () => {
  const digest = sha256Digest('nothing');
  const cases: readonly (readonly [Record<string, string>, number, number])[] = [
    [{}, 5, 5],
    [{ 'retry-after': '0' }, 5, 5],
    [{ 'retry-after': 'in a while' }, 5, 5],
    [{ 'retry-after': '6' }, 2, 6],
    [{ 'retry-after': '11' }, 1, 11],
    [{ 'retry-after': '999999999999' }, 1, 300],
    [{ 'retry-after': new Date(Date.now() + 365 * 86_400_000).toUTCString() }, 1, 300],
  ];
  const ends = await Promise.all(
    cases.map(async ([headers, tries, retryAfter]) => {
      const own = await startFaultProxy(`http://${registry.host}`);
      own.fail(() => busy(429, headers));
      const problem = await problemOf(storeAt(hostOf(own)).stat(digest));
      assert.equal([problem.code, problem.retryAfter, own.asked.length], ['store-unavailable', retryAfter, tries]);
      await own.stop();
    }),
  );
  assert.is(ends.length, cases.length);
});

test('attack: a blob that is cut off, or wrong', async () => {
  const store = storeAt(hostOf(proxy));
  const { digest } = await putBytes(store, randomBytes(300_000));
  const isBlob = ({ method, url = '' }: IncomingMessage) => method === 'GET' && url.includes('/blobs/');
  const read = async (range?: { start: number; end: number }): Promise<string> =>
    (await problemOf((async () => buffer(some(await store.get(digest, range))))())).code;
  proxy.alter(isBlob, () => 'cut');
  assert.is(await read(), 'store-unavailable');
  assert.is(await read({ start: 10, end: 99_999 }), 'store-unavailable');
  proxy.alter(isBlob, (whole) => Buffer.concat([whole.subarray(1), Buffer.from('x')]));
  assert.is(await read(), 'digest-mismatch');
});

test('attack: bytes that change on their way in are refused', async () => {
  proxy.damage(({ method }) => method === 'PATCH' || method === 'PUT');
  for (const size of [1000, LARGE]) {
    const bytes = randomBytes(size);
    const problem = await problemOf(putBytes(storeAt(hostOf(proxy)), bytes));
    assert.match(problem.message, /answered 400: DIGEST_INVALID/);
    assert.is(await storeAt(registry.host).stat(sha256Digest(bytes)), undefined);
  }
});

const access = (secrets: Readonly<Record<string, Readonly<Record<string, string>>>>): StoreAccess => ({
  namespace: 'proviso-system',
  webIdentity: {},
  async secret(name) {
    const texts = secrets[name];
    return texts === undefined ? undefined : { metadata: { name }, data: secretData(texts) };
  },
});
const login = (host: string, password: string, more: object = {}) => {
  const auth = Buffer.from(`proviso:${password}`).toString('base64');
  return { login: { '.dockerconfigjson': JSON.stringify({ auths: { [host]: { auth } }, ...more }) } };
};
const spec = (host: string) => ({ repository: `${host}/${NAME}`, credentialsSecretRef: { name: 'login' } });

test('the login of a Secret opens a registry that asks for one, and no other does', async () => {
  const guarded = await startDistribution({ htpasswd: HTPASSWD });
  try {
    const { host } = guarded;
    const probed = async (how: StoreAccess): Promise<string> => {
      const result = await probe(ociStore(await ociSettings(spec(host), how)));
      return result.ok ? 'fine' : result.message;
    };
    assert.is(await probed(access(login(host, 'of the tests'))), 'fine');
    assert.match(
      await probed(access(login(host, 'wrong'))),
      /^writing a probe object failed: the registry failed: POST \S+ answered 401: UNAUTHORIZED: authentication required$/,
    );
    const nobody = await probe(ociStore(await ociSettings({ repository: `${host}/${NAME}` }, access({}))));
    assert.match(nobody.ok ? '' : nobody.message, /asks for a name and a password, and there is none$/);
  } finally {
    await guarded.stop();
  }
});

test('attack: the login of another registry, or of a program, is not used', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-helper-'));
  const path = process.env.PATH;
  try {
    await writeFile(
      join(dir, 'docker-credential-evil'),
      `#!/bin/sh\ntouch ${dir}/ran\necho '{"Username":"a","Secret":"b"}'\n`,
    );
    await chmod(join(dir, 'docker-credential-evil'), 0o755);
    process.env.PATH = `${dir}:${path}`;
    const host = hostOf(proxy);
    const where = 'spec.oci.credentialsSecretRef: the Secret login in the namespace proviso-system';
    const refused = async (secrets: Parameters<typeof access>[0]): Promise<string> =>
      (await problemOf(ociSettings(spec(host), access(secrets)))).message;
    const helped = login('other.example', 'x', { credHelpers: { [host]: 'evil' }, credsStore: 'evil' });
    assert.is(await refused(helped), `${where} has no login for ${host}`);
    assert.match(
      await refused({}),
      /does not exist; make it with kubectl create secret docker-registry login -n proviso-system$/,
    );
    assert.match(await refused({ login: { other: '{}' } }), /has no \.dockerconfigjson; make it with/);
    assert.match(await refused({ login: { '.dockerconfigjson': '{' } }), /the Secret login in .* can't be read/);
    await canAccess(join(dir, 'ran')).then(
      () => assert.unreachable('a program of the Secret was run'),
      () => {},
    );
  } finally {
    process.env.PATH = path;
    await rm(dir, { recursive: true, force: true });
  }
});

test('attack: a redirect to another host gets no login, nor any evidence', async () => {
  const other = await startFaultProxy(`http://${registry.host}`);
  try {
    const host = hostOf(proxy);
    const store = ociStore(await ociSettings(spec(host), access(login(host, 'secret'))));
    const bytes = Buffer.from('evidence');
    await putBytes(store, bytes);
    // Asked for a login first, so that it has been shown once.
    proxy.fail(({ method, headers }) => {
      if (headers.authorization === undefined) {
        return (response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end();
      }
      const location = `${other.endpoint}/v2/${NAME}/blobs/${sha256Digest(bytes)}`;
      return method === 'HEAD' ? undefined : (response) => void response.writeHead(307, { location }).end();
    });
    assert.ok(bytes.equals(await buffer(some(await store.get(sha256Digest(bytes))))));
    assert.is(other.headers().authorization, undefined);
    assert.is(other.asked.length, 1);
    assert.is((await problemOf(putBytes(store, Buffer.from('more')))).code, 'store-unavailable');
    assert.is(other.asked.length, 1, 'evidence went to another host');
  } finally {
    await other.stop();
  }
});

test.run();
