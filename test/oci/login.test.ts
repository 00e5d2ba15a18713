import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { registryOrigin } from '../../src/oci/address.ts';
import type { Credential } from '../../src/oci/credential.ts';
import { RegistryError } from '../../src/oci/error.ts';
import { openRepository } from '../../src/oci/repository.ts';
import { type Image, type Registry, startRegistry } from '../tools/registry.ts';
import { type Guard, type GuardedRegistry, guardRegistry, type Seen } from './guarded-registry.ts';

const test = suite('oci logins');
let registry: Registry;
let image: Image;
const guards: GuardedRegistry[] = [];
test.before(async () => {
  registry = await startRegistry();
  image = await registry.pushImage('shop/app', '{}');
});
test.after.each(async () => {
  for (const one of guards.splice(0)) await one.close();
});
test.after(() => registry.stop());

const guarded = async (guard: Guard): Promise<GuardedRegistry> => {
  const one = await guardRegistry(registry.host, guard);
  guards.push(one);
  return one;
};

/** Pulls the image; the text of a refusal instead, if that is what came. */
async function pull(host: string, credential?: Credential): Promise<string> {
  const asked: string[] = [];
  const credentials = async (at: string, repository: string) => {
    asked.push(`${at}/${repository}`);
    return credential;
  };
  const repository = openRepository({ host, name: 'shop/app', credentials });
  try {
    const { digest } = await repository.manifest(image.digest);
    await repository.manifest(digest);
    return digest;
  } catch (error) {
    if (error instanceof RegistryError) return error.message;
    throw error;
  } finally {
    repository.close();
    for (const each of asked) assert.is(each, `${host}/shop/app`);
  }
}

const USER: Credential = { kind: 'password', username: 'dev', password: 'pass:word' };
const BASIC = `Basic ${Buffer.from('dev:pass:word').toString('base64')}`;

/** Lets nobody in who doesn't show what is expected. */
const demanding =
  (challenge: string, expected: string): Guard =>
  ({ authorization }, response) => {
    if (authorization === expected) return false;
    response
      .writeHead(401, { 'www-authenticate': challenge })
      .end('{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}');
    return true;
  };

test('a basic challenge is answered with name and password, and only once asked', async () => {
  const { host, seen } = await guarded(demanding('Basic realm="all of it"', BASIC));
  assert.is(await pull(host, USER), image.digest);
  assert.equal(
    seen.map(({ authorization }) => authorization),
    [undefined, BASIC, BASIC, BASIC].slice(0, seen.length),
  );
  assert.match(await pull(host), /asks for a name and a password, and there is none$/);
  assert.match(await pull(host, { ...USER, password: 'wrong' }), /answered 401: UNAUTHORIZED: no$/);
});

const TOKEN = 'a.token-of~it';

/** A place of tokens, which says what it was asked. */
const tokens = (answer: object = { token: TOKEN }): Promise<GuardedRegistry> =>
  guarded((_, response) => {
    response.end(JSON.stringify(answer));
    return true;
  });

test('a bearer challenge is answered with a token for this repository', async () => {
  const issuer = await tokens();
  const challenge = `Bearer realm="http://${issuer.host}/token?x=1",service="reg, \\"the\\" one",scope="repository:*:delete"`;
  const { host, seen } = await guarded(demanding(challenge, `Bearer ${TOKEN}`));
  assert.is(await pull(host, USER), image.digest);
  const [call, ...more] = issuer.seen;
  assert.is(more.length, 0, 'a token is used as long as it lives');
  assert.is(call?.authorization, BASIC);
  const { searchParams } = new URL(call?.path ?? '', 'http://x');
  assert.equal(Object.fromEntries(searchParams), {
    x: '1',
    service: 'reg, "the" one',
    scope: 'repository:shop/app:pull',
  });
  assert.equal(
    seen.map(({ authorization }) => authorization),
    [undefined, `Bearer ${TOKEN}`, `Bearer ${TOKEN}`],
  );
});

test('an identity token is changed into one for the repository, and nobody gets one without a login', async () => {
  const issuer = await tokens({ access_token: TOKEN, expires_in: 300 });
  const challenge = `bearer service=reg , realm="http://${issuer.host}/token"`;
  const { host } = await guarded(demanding(challenge, `Bearer ${TOKEN}`));
  assert.is(await pull(host, { kind: 'identityToken', token: 'refresh' }), image.digest);
  assert.is(await pull(host), image.digest);
  const [refreshed, anonymous] = issuer.seen as [Seen, Seen];
  assert.equal(Object.fromEntries(new URLSearchParams(refreshed.body)), {
    service: 'reg',
    scope: 'repository:shop/app:pull',
    grant_type: 'refresh_token',
    refresh_token: 'refresh',
    client_id: 'proviso',
  });
  assert.is(anonymous.authorization, undefined);
});

test('a token that is over is got anew', async () => {
  const issuer = await tokens({ token: TOKEN, expires_in: 1 });
  const { host } = await guarded(demanding(`Bearer realm="http://${issuer.host}/"`, `Bearer ${TOKEN}`));
  assert.is(await pull(host, USER), image.digest);
  assert.is(issuer.seen.length, 2);
});

test('a credential goes nowhere but to the registry and its own domain', async () => {
  for (const realm of [
    'https://tokens.attacker.example/',
    'http://tokens.attacker.example/',
    'http://dev@127.0.0.1/',
    'file:///etc/passwd',
    'nothing',
  ]) {
    const { host } = await guarded(demanding(`Bearer realm="${realm}"`, 'Bearer never'));
    assert.match(
      await pull(host, USER),
      /names '.*' as the place of its tokens, (which is|and a credential goes only)/,
    );
  }
});

test('a token that could end the header it is in is refused', async () => {
  const issuer = await tokens({ token: 'a\r\nx: y' });
  const { host } = await guarded(demanding(`Bearer realm="http://${issuer.host}/"`, 'Bearer never'));
  assert.match(await pull(host, USER), /gave no token$/);
});

test('another origin is not shown what is for the registry', async () => {
  const store = await guarded(() => false);
  const path = `/v2/shop/app/manifests/${image.digest}`;
  const front = await guarded((request, response) => {
    if (demanding('Basic realm="x"', BASIC)(request, response)) return true;
    response.writeHead(307, { location: `http://${store.host}${path}?secret=1` }).end();
    return true;
  });
  assert.is(await pull(front.host, USER), image.digest);
  assert.ok(store.seen.length > 0);
  for (const { authorization } of store.seen) assert.is(authorization, undefined);
});

test('a challenge of another origin gets no answer', async () => {
  const store = await guarded(demanding('Basic realm="x"', BASIC));
  const front = await guarded((_, response) => {
    response.writeHead(307, { location: `http://${store.host}/v2/shop/app/manifests/1` }).end();
    return true;
  });
  assert.match(await pull(front.host, USER), /answered 401/);
  for (const { authorization } of store.seen) assert.is(authorization, undefined);
});

test('redirects end, and lead to no other kind of address', async () => {
  const circle = await guarded(({ path }, response) => {
    response.writeHead(302, { location: path }).end();
    return true;
  });
  assert.match(await pull(circle.host), /redirects over 4 times/);
  const file = await guarded((_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    return true;
  });
  assert.match(await pull(file.host), /is not asked over TLS/);
});

test('bytes that are not those of the digest, or too many, are refused', async () => {
  const other = await guarded((_, response) => {
    response.end('{"schemaVersion":2}');
    return true;
  });
  assert.match(await pull(other.host), /has the digest sha256:.*, and sha256:.* was expected$/);
  const endless = await guarded((_, response) => {
    response.end(Buffer.alloc((4 << 20) + 1));
    return true;
  });
  assert.match(await pull(endless.host), /answered over 4194304 bytes/);
});

test('only loopback is asked without TLS, unless that is wanted', () => {
  assert.is(registryOrigin('ghcr.io').href, 'https://ghcr.io/');
  assert.is(registryOrigin('docker.io').href, 'https://registry-1.docker.io/');
  for (const host of ['localhost:5000', '127.1.2.3:5000', '[::1]:5000']) {
    assert.is(registryOrigin(host).protocol, 'http:', host);
  }
  for (const host of ['localhost.example', '127.0.0.1.example', '10.0.0.1:5000']) {
    assert.is(registryOrigin(host).protocol, 'https:', host);
    assert.is(registryOrigin(host, true).protocol, 'http:', host);
  }
  for (const host of ['user@ghcr.io', 'ghcr.io/x', 'a b', 'ghcr.io?x']) assert.throws(() => registryOrigin(host));
});

test.run();
