import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fallenRole, fetchTufTarget, type TufReading } from '../../src/operator/tuf.ts';
import { isAllowedAddress } from '../../src/outbound/addresses.ts';
import { guardedLookup, type Resolve, refuseForbidden } from '../../src/outbound/guarded-lookup.ts';
import { serveFiles, serveTls, type TlsServer } from '../support/tls-server.ts';
import { PUBLIC_GOOD_TUF_ROOT } from '../support/trusted-root.ts';
import { TUF_ROLES, TufRepository } from '../support/tuf-repository.ts';

const test = suite('tuf');
const TARGET = 'trusted_root.json';
const PAST = new Date(Date.now() - 3600_000);

let repository: TufRepository;
let answer: RequestListener;
let mirror: TlsServer;

test.before(async () => {
  // Of its own, so that what is left in it is ours.
  env.TMPDIR = await mkdtemp(join(tmpdir(), 'tuf-test-'));
  mirror = await serveTls((request, response) => answer(request, response));
});
test.after(async () => {
  await rm(tmpdir(), { recursive: true });
  await mirror?.close();
});
test.before.each(() => {
  repository = new TufRepository();
  repository.publish(TARGET, 'one');
  answer = serveFiles(() => repository.files);
  mirror.asked.length = 0;
});

interface Given {
  readonly root?: string;
  readonly atLeast?: string;
  readonly url?: string;
  readonly path?: string;
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal;
}

function read({ root = repository.root, atLeast, signal, ...given }: Given = {}): Promise<TufReading> {
  const ca = 'ca' in given ? given.ca : mirror.ca;
  const target = { mirror: given.url ?? mirror.url, root, path: given.path ?? TARGET };
  return fetchTufTarget(
    { ...target, ...(ca === undefined ? {} : { ca }) },
    { signal: signal ?? new AbortController().signal, ...(atLeast === undefined ? {} : { atLeast }) },
  );
}

async function refusal(given?: Given): Promise<string> {
  const reading = await read(given);
  return reading.ok ? `took ${reading.text} at ${reading.version}` : `${reading.by}: ${reading.message}`;
}

test('fetches the target, and follows the root through new keys of every role', async () => {
  assert.equal(await read(), { ok: true, text: 'one', version: '1.1.1.1' });
  for (const role of TUF_ROLES) repository.rotate(role);
  repository.publish(TARGET, 'two');
  assert.equal(await read({ atLeast: '1.1.1.1' }), { ok: true, text: 'two', version: '5.2.2.2' });
  // From a later root on, earlier ones aren't asked for.
  const later = repository.files.get('4.root.json')?.toString('utf8') ?? '';
  mirror.asked.length = 0;
  assert.equal(await read({ root: later }), { ok: true, text: 'two', version: '5.2.2.2' });
  assert.equal(
    mirror.asked.filter((path) => path.includes('root.json') && !path.startsWith('targets/')),
    ['5.root.json', '6.root.json'],
  );
});

test('a mirror in a folder, with and without a slash at the end', async () => {
  const files = serveFiles(() => repository.files);
  answer = (request, response) => {
    request.url = request.url?.replace('/company/tuf/', '/') ?? '';
    files(request, response);
  };
  for (const end of ['', '/']) assert.is((await read({ url: `${mirror.url}/company/tuf${end}` })).ok, true);
});

test('attack: old metadata, still signed and in time, is not taken again', async () => {
  const old = new Map(repository.files);
  repository.publish(TARGET, 'two');
  const now = await read({ atLeast: '1.1.1.1' });
  assert.equal(now, { ok: true, text: 'two', version: '1.2.2.2' });
  repository.files = old;
  assert.match(await refusal({ atLeast: '1.2.2.2' }), /^repository: its timestamp metadata fell from version 2 to 1/);
});

test('attack: hiding a new root, so that keys which were withdrawn count again', async () => {
  const old = new Map(repository.files);
  for (const role of TUF_ROLES) repository.rotate(role);
  repository.files = old;
  assert.match(await refusal({ atLeast: '5.1.1.1' }), /^repository: its root metadata fell from version 5 to 1/);
});

test('attack: the roles of a repository fall one by one', () => {
  assert.is(fallenRole(undefined, '1.1.1.1'), undefined);
  assert.is(fallenRole('2.3.4.5', '2.3.4.5'), undefined);
  assert.is(fallenRole('2.3.4.5', '10.30.40.50'), undefined);
  assert.match(fallenRole('2.30.4.5', '3.4.4.5') ?? '', /timestamp metadata fell from version 30 to 4/);
  assert.match(fallenRole('2.3.4.5', '2.4.3.5') ?? '', /snapshot metadata fell from version 4 to 3/);
  assert.match(fallenRole('2.3.4.5', '2.4.5.4') ?? '', /targets metadata fell from version 5 to 4/);
});

test('attack: freezing the repository works only until its metadata expires', async () => {
  for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
    repository.publish(TARGET, 'frozen', { expires: { [role]: PAST } });
    assert.match(await refusal(), new RegExp(`^repository: .*${role}\\.json is expired`), role);
  }
});

test('attack: metadata of another repository, signed by nobody who is trusted', async () => {
  const stranger = new TufRepository();
  assert.match(await refusal({ root: stranger.root }), /^repository: .*timestamp was signed by 0\/1 keys/);
});

test('the root of the public Sigstore is one to start from, and does not trust us', async () => {
  assert.match(await refusal({ root: PUBLIC_GOOD_TUF_ROOT }), /^repository: .*timestamp was signed by 0\/1 keys/);
  const later = JSON.parse(PUBLIC_GOOD_TUF_ROOT).signed.version + 1;
  assert.is(mirror.asked[0], `${later}.root.json`);
});

test('attack: a next root that the root before has not signed', async () => {
  repository.forgeRoot();
  assert.match(await refusal(), /^repository: .*root was signed by 0\/1 keys/);
});

test('attack: other bytes than were signed', async () => {
  repository.publish(TARGET, 'good', { served: 'evil' });
  assert.match(await refusal(), /^repository: Expected hash/);
  repository.publish(TARGET, 'good', { served: 'longer than it was signed' });
  assert.match(await refusal(), /^repository: .* is longer than 4 bytes/);
  const snapshot = repository.files.get('3.snapshot.json')?.toString('utf8') ?? '';
  repository.files.set('3.snapshot.json', Buffer.from(snapshot.replace('"targets.json"', '"targetz.json"')));
  assert.match(await refusal(), /^repository: .*snapshot/);
});

test('attack: bytes without end, of every file', async () => {
  const files = serveFiles(() => repository.files);
  for (const path of ['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json', 'targets/']) {
    const closed = Promise.withResolvers<void>();
    answer = (request, response) => {
      if (request.url?.startsWith(`/${path}`) !== true) return files(request, response);
      const chunk = Buffer.alloc(1 << 16, ' ');
      const more = (): void => {
        if (!response.destroyed) response.write(chunk, () => setImmediate(more));
      };
      response.on('close', closed.resolve);
      more();
    };
    assert.match(await refusal(), /^repository: .* is longer than \d+ bytes/, path);
    // It isn't left open either.
    await closed.promise;
  }
});

test('attack: bytes that come for ever, one at a time, are given up with the reconcile', async () => {
  answer = (_request, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  const cut = new AbortController();
  setTimeout(() => cut.abort(new Error('the reconcile was cut')), 300);
  assert.is(await refusal({ signal: cut.signal }), 'repository: the reconcile was cut');
});

test('attack: a redirect is not followed, wherever it leads', async () => {
  answer = (_request, response) => response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end();
  const said = await refusal();
  assert.match(said, /answered 302, to https:\/\/169\.254\.169\.254\/latest; redirects aren't followed/);
  assert.is(mirror.asked.length, 1);
});

test('attack: addresses where clouds keep credentials are never asked', async () => {
  for (const address of [
    ...['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16'],
  ]) {
    assert.is(isAllowedAddress(address), false, address);
  }
  for (const address of ['127.0.0.1', '10.0.0.1', '::1', '2001:db8::1']) assert.is(isAllowedAddress(address), true);
  for (const url of ['https://169.254.169.254', 'https://[::ffff:a9fe:a9fe]/x', 'https://0xa9fea9fe']) {
    assert.match(await refusal({ url }), /is an address of the machine's own cloud/, url);
  }
});

test('attack: a name that leads to such an address, even beside a good one', async () => {
  assert.is((await read({ url: mirror.url.replace('127.0.0.1', 'localhost') })).ok, true);
  const found = [
    { address: '192.0.2.1', family: 4 },
    { address: '169.254.169.254', family: 4 },
  ];
  const resolve = ((_name: string, _options: unknown, done: (error: null, found: unknown) => void) =>
    done(null, found)) as unknown as Resolve;
  const said: string[] = [];
  for (const all of [true, false]) {
    guardedLookup(refuseForbidden, resolve)('tuf.example', { all }, (error) => said.push(error?.message ?? 'taken'));
  }
  assert.is(said.length, 2);
  for (const each of said) assert.match(each, /^tuf\.example: 169\.254\.169\.254 is an address of the machine's own/);
});

test('attack: a mirror under a certificate that is not trusted, or without TLS', async () => {
  assert.match(await refusal({ ca: undefined }), /^repository: (unable to verify|self.signed)/);
  assert.match(await refusal({ ca: 'no certificate' }), /^repository: /);
  assert.match(await refusal({ url: mirror.url.replace('https', 'http') }), /^repository: http:.* is not under/);
  assert.equal(mirror.asked, []);
});

test('says what is wrong with the root to start from, and with what is not there', async () => {
  assert.match(await refusal({ root: '{' }), /^root: .*JSON/);
  assert.match(await refusal({ root: '{"signed":{}}' }), /^root: /);
  const timestamp = repository.files.get('timestamp.json')?.toString('utf8') ?? '';
  assert.match(await refusal({ root: timestamp }), /^root: /);
  assert.is(await refusal({ path: 'other.json' }), "repository: it has no target 'other.json'");
  answer = (_request, response) => response.writeHead(503).end();
  assert.match(await refusal(), /^repository: https:.*2\.root\.json answered 503$/);
});

test('leaves nothing behind', async () => {
  await read();
  await refusal({ root: '{' });
  assert.equal(await readdir(tmpdir()), []);
});

test.run();
