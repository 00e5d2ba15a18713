import { errors, type JSONWebKeySet } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { fetchJson } from '../../src/oidc/fetch-json.ts';
import { readJwt } from '../../src/oidc/jwt.ts';
import { COOLDOWN_MS, createKeySet, FRESH_MS, type KeySet, RETRY_MS, STALE_MS } from '../../src/oidc/key-set.ts';
import { loadKeys } from '../../src/oidc/load-keys.ts';
import { createOidcVerifier } from '../../src/oidc/verifier.ts';
import {
  DISCOVERY,
  type Handler,
  type IssuerKey,
  JWKS,
  json,
  makeKey,
  startIssuer,
  type TestIssuer,
} from '../support/oidc-issuer.ts';

let issuer: TestIssuer;
let first: IssuerKey;
let second: IssuerKey;
const test = suite('oidc keys');

test.before(async () => {
  issuer = await startIssuer();
  first = await makeKey('ES256', 'first');
  second = await makeKey('ES256', 'second');
});
test.after(() => issuer?.stop());
const good = (): void => {
  issuer.handlers.clear();
  issuer.handlers.set(DISCOVERY, json({ issuer: issuer.url, jwks_uri: `${issuer.url}${JWKS}` }));
  issuer.handlers.set(JWKS, json({ keys: issuer.keys.map(({ jwk }) => jwk) }));
};
test.before.each(() => good());

/** A set over a source and a clock that the test turns. */
function setOf(): { readonly find: (kid: string) => Promise<unknown>; readonly source: Source } {
  const source: Source = { keys: [first], isDown: false, loads: 0, time: 0 };
  const load = async (): Promise<JSONWebKeySet> => {
    source.loads += 1;
    if (source.isDown) throw new Error('down');
    return { keys: source.keys.map(({ jwk }) => jwk) };
  };
  const set: KeySet = createKeySet({ issuer: 'i', load, onFailure: () => {}, now: () => source.time });
  const find = (kid: string) =>
    set({ alg: 'ES256', kid }, { payload: '', signature: '' }).catch((error: unknown) => error);
  return { find, source };
}
interface Source {
  keys: readonly IssuerKey[];
  isDown: boolean;
  loads: number;
  time: number;
}
const isUnknown = (found: unknown): boolean => found instanceof errors.JWKSNoMatchingKey;
const isUnavailable = (found: unknown): boolean => found instanceof Problem && found.code === 'issuer-unavailable';

test('keys are read once for many requests, also for those that come at the same time', async () => {
  const { find, source } = setOf();
  await Promise.all(Array.from({ length: 50 }, () => find('first')));
  await find('first');
  assert.is(source.loads, 1);
  source.time += FRESH_MS;
  await find('first');
  assert.is(source.loads, 2);
});

test('attack: a flood of invented key names makes one fetch per cool-down', async () => {
  const { find, source } = setOf();
  await find('first');
  for (let n = 0; n < 500; n++) assert.ok(isUnknown(await find(`invented-${n}`)));
  assert.is(source.loads, 1);
  source.time += COOLDOWN_MS;
  const found = await Promise.all(Array.from({ length: 500 }, (_, n) => find(`invented-${n}`)));
  assert.ok(found.every(isUnknown));
  assert.is(source.loads, 2);
  assert.not.ok(isUnknown(await find('first')));
});

test('attack: the same flood over TLS against a whole verifier', async () => {
  const verifier = createOidcVerifier(new Map([[issuer.url, issuer.allowed]]), { onFailure: () => {} });
  const asked = issuer.requests.length;
  const tokens = await Promise.all(
    Array.from({ length: 100 }, (_, n) => issuer.token({}, { header: { kid: `invented-${n}` } })),
  );
  const outcomes = await Promise.all(
    tokens.map((token) => verifier.verify(readJwt(token)).catch((error: unknown) => error)),
  );
  assert.ok(outcomes.every((each) => each instanceof Problem && each.code === 'token-rejected'));
  assert.equal(issuer.requests.slice(asked), [DISCOVERY, JWKS]);
});

test('a key that the issuer took up is found, and one that it withdrew is gone', async () => {
  const { find, source } = setOf();
  await find('first');
  source.keys = [second];
  source.time += COOLDOWN_MS;
  assert.not.ok(isUnknown(await find('second')));
  assert.is(source.loads, 2);
  assert.ok(isUnknown(await find('first')));
});

test('while the issuer is down its keys are good for an hour and no longer, and it is asked seldom', async () => {
  const { find, source } = setOf();
  await find('first');
  source.isDown = true;
  source.time = FRESH_MS;
  for (let n = 0; n < 100; n++) assert.not.ok(isUnknown(await find('first')));
  assert.is(source.loads, 2);
  source.time = STALE_MS - 1;
  assert.not.ok(isUnavailable(await find('first')));
  source.time = STALE_MS + COOLDOWN_MS;
  const refused = await find('first');
  assert.ok(isUnavailable(refused));
  assert.ok(((refused as Problem).retryAfter ?? 0) >= 1);
});

test('an issuer that is down from the start is asked once in some seconds, and heals', async () => {
  const { find, source } = setOf();
  source.isDown = true;
  for (let n = 0; n < 100; n++) assert.ok(isUnavailable(await find('first')));
  assert.is(source.loads, 1);
  source.isDown = false;
  source.time += RETRY_MS;
  assert.not.ok(isUnavailable(await find('first')));
});

const failure = async (): Promise<string> => {
  const outcome = await loadKeys(issuer.allowed).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('the keys were taken');
  return outcome.message;
};

test('keys come from where the discovery document says, or from where the installation does', async () => {
  const asked = issuer.requests.length;
  assert.is((await loadKeys(issuer.allowed)).keys.length, 2);
  issuer.handlers.set('/elsewhere', json({ keys: [first.jwk] }));
  const { keys } = await loadKeys({ ...issuer.allowed, jwksUri: `${issuer.url}/elsewhere` });
  assert.is(keys[0]?.kid, 'first');
  assert.equal(issuer.requests.slice(asked), [DISCOVERY, JWKS, '/elsewhere']);
});

test('an issuer that ends with a slash keeps it, and its document has no second one', async () => {
  const slashed = { ...issuer.allowed, issuer: `${issuer.url}/` };
  issuer.handlers.set(DISCOVERY, json({ issuer: slashed.issuer, jwks_uri: `${issuer.url}${JWKS}` }));
  assert.is((await loadKeys(slashed)).keys.length, 2);
  assert.match(await failure(), /of another issuer/);
});

test('attack: a discovery document of another issuer', async () => {
  for (const other of [`${issuer.url}/`, 'https://other', undefined, [issuer.url]]) {
    issuer.handlers.set(DISCOVERY, json({ issuer: other, jwks_uri: `${issuer.url}${JWKS}` }));
    assert.match(await failure(), /of another issuer/);
  }
});

test('attack: a discovery document that leads elsewhere', async () => {
  const { port } = new URL(issuer.url);
  const elsewhere = [
    `http://127.0.0.1:${port}${JWKS}`,
    `https://localhost:${port}${JWKS}`,
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
    `//evil.example${JWKS}`,
    JWKS,
    undefined,
    [`${issuer.url}${JWKS}`],
  ];
  for (const jwks_uri of elsewhere) {
    issuer.handlers.set(DISCOVERY, json({ issuer: issuer.url, jwks_uri }));
    assert.match(await failure(), /jwks_uri is not at/);
  }
});

test('attack: redirects are not followed', async () => {
  const asked = issuer.requests.length;
  issuer.handlers.set('/other', json({ keys: [first.jwk] }));
  const away: Handler = (_request, response) => void response.writeHead(302, { location: '/other' }).end();
  for (const path of [DISCOVERY, JWKS]) {
    good();
    issuer.handlers.set(path, away);
    assert.match(await failure(), /answered 302/);
  }
  assert.not.ok(issuer.requests.slice(asked).includes('/other'));
});

test('attack: keys that never end, or announce more than is taken', async () => {
  let written = 0;
  issuer.handlers.set(JWKS, (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && written < 64 << 20) {
        written += 1 << 16;
        if (!response.write(' '.repeat(1 << 16))) break;
      }
    };
    response.on('drain', more);
    more();
  });
  assert.match(await failure(), /over 262144 bytes/);
  assert.ok(written < 64 << 20, 'it was read to the end');
});

test('attack: keys that come too slowly, or not at all', async () => {
  const drip: Handler = (_request, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  for (const handler of [drip, () => {}]) {
    issuer.handlers.set(JWKS, handler);
    const fetching = fetchJson(new URL(`${issuer.url}${JWKS}`), { ca: issuer.ca, timeoutMs: 300 });
    assert.match(((await fetching.catch((error: unknown) => error)) as Error).message, /no whole answer within 300 ms/);
  }
});

test('attack: answers that are no keys', async () => {
  const many = { keys: Array.from({ length: 101 }, () => first.jwk) };
  const cases: readonly (readonly [Handler, RegExp])[] = [
    [json([]), /has no keys/],
    [json({ keys: [] }), /has no keys/],
    [json({ keys: 'x' }), /has no keys/],
    [json(many), /has 101 keys/],
    [(_request, response) => void response.end('<html>'), /no JSON/],
    [(_request, response) => void response.end('{"keys":[],"keys":[{}]}'), /stands twice/],
    [(_request, response) => void response.end('['.repeat(1000)), /nested/],
    [(_request, response) => void response.writeHead(500).end(), /answered 500/],
    [(request) => void request.socket.destroy(), /hang up|ECONNRESET/],
  ];
  for (const [handler, message] of cases) {
    issuer.handlers.set(JWKS, handler);
    assert.match(await failure(), message);
  }
});

test('attack: an issuer whose certificate is of another authority', async () => {
  const outcome = await loadKeys({ ...issuer.allowed, ca: undefined }).catch((error: unknown) => error);
  assert.match((outcome as Error).message, /certificate/);
});

test.run();
