import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { base64url, type JWK } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { readJwt } from '../../src/oidc/jwt.ts';
import { createOidcVerifier, type OidcVerifier } from '../../src/oidc/verifier.ts';
import { type IssuerKey, JWKS, json, makeKey, signText, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';

let issuer: TestIssuer;
let verifier: OidcVerifier;
const failures: unknown[] = [];
const test = suite('oidc verifier');

const fresh = (): OidcVerifier =>
  createOidcVerifier(new Map([[issuer.url, issuer.allowed]]), { onFailure: (_issuer, error) => failures.push(error) });

test.before(async () => {
  issuer = await startIssuer();
  verifier = fresh();
});
test.after(() => issuer?.stop());

const now = () => Math.floor(Date.now() / 1000);
const verify = async (token: string) => verifier.verify(readJwt(token));
async function refused(code: string, token: string, message = /./): Promise<Problem> {
  try {
    await verify(token);
  } catch (error) {
    assert.instance(error, Problem);
    assert.is((error as Problem).code, code, String(error));
    assert.match((error as Problem).message, message);
    return error as Problem;
  }
  throw new Error('the token was accepted');
}
const unsigned = (header: object, claims: object): string =>
  [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.');
const usual = () => ({ iss: issuer.url, sub: 's', aud: 'proviso', iat: now(), exp: now() + 300 });
const [RSA, EC] = [0, 1].map((at) => () => issuer.keys[at] as IssuerKey) as [() => IssuerKey, () => IssuerKey];

test('tokens signed with RSA and with ECDSA, for one audience or several', async () => {
  const one = await verify(await issuer.token({ repository: 'o/r' }));
  assert.equal([one.issuer, one.subject, one.audiences], [issuer.url, 'repo:o/r:ref:refs/heads/main', ['proviso']]);
  assert.is(one.claims.repository, 'o/r');
  const many = await verify(await issuer.token({ aud: ['other', 'proviso'] }, { key: EC() }));
  assert.equal(many.audiences, ['other', 'proviso']);
  await verify(await issuer.token({ nbf: now() + 10, iat: now() + 10 }));
});

test('every algorithm that is allowed, and one that the installation took away', async () => {
  const algorithms = ['RS256', 'ES256', 'ES384', 'PS256', 'EdDSA'];
  const keys = await Promise.all(algorithms.map((alg) => makeKey(alg, alg)));
  const jwks = issuer.handlers.get(JWKS);
  issuer.handlers.set(JWKS, json({ keys: keys.map(({ jwk }) => jwk) }));
  const allowed = { ...issuer.allowed, algorithms: ['ES256'] };
  const narrow = createOidcVerifier(new Map([[issuer.url, allowed]]), { onFailure: () => {} });
  const wide = fresh();
  for (const key of keys) {
    const jwt = readJwt(await issuer.token({}, { key }));
    assert.is((await wide.verify(jwt)).issuer, issuer.url, key.alg);
    const outcome = await narrow.verify(jwt).catch((error: unknown) => error);
    assert.is(outcome instanceof Problem, key.alg !== 'ES256', key.alg);
  }
  if (jwks !== undefined) issuer.handlers.set(JWKS, jwks);
});

test('attack: another audience, none, or one that merely contains ours', async () => {
  for (const aud of ['other', '', undefined, [], ['other'], 'proviso2', 'Proviso', { proviso: true }, [['proviso']]]) {
    await refused('token-audience', await issuer.token({ aud }));
  }
});

test('attack: replay after exp, and times that mean nothing', async () => {
  await refused('token-expired', await issuer.token({ exp: now() - 1, iat: now() - 300 }));
  await refused('token-expired', await issuer.token({ exp: 0 }));
  for (const exp of [undefined, null, String(now() + 300), [now() + 300], {}]) {
    await refused('token-rejected', await issuer.token({ exp }), /when it ends/);
  }
  await refused('token-rejected', await issuer.token({ exp: now() + 90_000 }), /over 24 h/);
  const endless = JSON.stringify(usual()).replace(/"exp":\d+/, '"exp":1e999');
  await refused('token-rejected', await signText(endless, RSA()), /when it ends/);
});

test('a token that was good is refused once it has expired', async () => {
  const token = await issuer.token();
  await verify(token);
  const later = createOidcVerifier(new Map([[issuer.url, issuer.allowed]]), {
    onFailure: () => {},
    now: () => Date.now() + 301_000,
  });
  const error = await later.verify(readJwt(token)).catch((thrown: unknown) => thrown);
  assert.is((error as Problem).code, 'token-expired');
});

test('attack: iat and nbf in the future, or no numbers', async () => {
  await refused('token-rejected', await issuer.token({ iat: now() + 120 }), /issued in the future/);
  await refused('token-rejected', await issuer.token({ nbf: now() + 120 }), /not valid yet/);
  await refused('token-rejected', await issuer.token({ nbf: 'soon' }), /nbf/);
  await refused('token-rejected', await issuer.token({ iat: undefined }), /iat/);
});

test('attack: alg none, in any spelling, and an empty signature', async () => {
  for (const alg of ['none', 'None', 'NONE', '', null, undefined, ['RS256']]) {
    await refused('token-rejected', `${unsigned({ alg, kid: 'rsa' }, usual())}.AA`, /signed with/);
  }
  await assertMalformed(`${unsigned({ alg: 'none' }, usual())}.`);
});

async function assertMalformed(token: string): Promise<void> {
  await refused('token-malformed', token);
}

test('attack: HS256 with the public key as the secret', async () => {
  const pem = createPublicKey({ key: RSA().jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    const input = unsigned({ alg, kid: 'rsa' }, usual());
    const mac = createHmac(`sha${alg.slice(2)}`, pem)
      .update(input)
      .digest('base64url');
    await refused('token-rejected', `${input}.${mac}`, /signed with "HS/);
  }
});

test('attack: a key confused with another by its kid', async () => {
  const stranger = await makeKey('ES256', 'rsa');
  await refused('token-rejected', await issuer.token({}, { key: stranger }), /no such key/);
  const impostor = await makeKey('RS256', 'rsa');
  await refused('token-rejected', await issuer.token({}, { key: impostor }), /not signed by/);
  await refused('token-rejected', await issuer.token({}, { key: EC(), header: { kid: 'rsa' } }), /no such key/);
});

test('attack: jku, x5u, jwk and x5c bring no key, and nothing is fetched for them', async () => {
  const own = await makeKey('RS256', 'own');
  const tempting = { jku: `${issuer.url}/evil`, x5u: `${issuer.url}/evil`, jwk: own.jwk as JWK, x5c: ['AAAA'] };
  issuer.handlers.set('/evil', json({ keys: [own.jwk] }));
  for (const [name, value] of Object.entries(tempting)) {
    const header = { [name]: value };
    await refused('token-rejected', await issuer.token({}, { key: own, header }));
    await refused('token-rejected', await issuer.token({}, { key: own, header: { ...header, kid: 'rsa' } }));
    await refused('token-rejected', await issuer.token({}, { key: own, header: { ...header, kid: undefined } }));
    // A good token with such a header is as good as without.
    await verify(await issuer.token({}, { header }));
  }
  assert.not.ok(issuer.requests.includes('/evil'));
});

test('attack: critical extensions, an unencoded payload, tokens made for something else', async () => {
  const { token } = readJwt(await issuer.token());
  const [, payload, signature] = token.split('.');
  const header = base64url.encode(JSON.stringify({ alg: 'RS256', kid: 'rsa', crit: ['b64'], b64: false }));
  await refused('token-rejected', `${header}.${payload}.${signature}`, /crit/);
  for (const typ of ['at+jwt', 'logout+jwt', 7]) {
    await refused('token-rejected', await signText(JSON.stringify(usual()), RSA(), { typ }), /JWT was expected/);
  }
});

test('attack: the same claim twice, in any spelling', async () => {
  const twice = [
    JSON.stringify(usual()).replace('{', '{"repository":"o/r","repository":"o/x",'),
    JSON.stringify(usual()).replace('{', `{"iss":"https://other",`),
    JSON.stringify(usual()).replace('{', '{"\\u0061ud":"other",'),
  ];
  for (const text of twice) await refused('token-malformed', await signText(text, RSA()), /stands twice/);
});

test('attack: what is no token at all', async () => {
  const good = await issuer.token();
  await refused('token-malformed', `${good}.x`);
  await refused('token-malformed', good.split('.').slice(0, 2).join('.'));
  await refused('token-malformed', await issuer.token({ filler: 'x'.repeat(20_000) }), /over 16384/);
  await refused('token-malformed', await signText('[]', RSA()), /no JSON object/);
  await refused('token-malformed', await signText('['.repeat(5_000), RSA()), /nested/);
  await refused('token-malformed', `${good.split('.')[0]}.%%%.AA`, /base64url/);
});

test('attack: claims changed after signing, a signature cut or of another token', async () => {
  const good = await issuer.token({ repository: 'o/r' });
  const other = await issuer.token({ repository: 'o/x' });
  const [head, body, signature] = good.split('.');
  await refused('token-rejected', [head, other.split('.')[1], signature].join('.'), /not signed by/);
  await refused('token-rejected', [head, body, signature?.slice(4)].join('.'), /not signed by/);
});

test('attack: issuers that look alike are other issuers', () => {
  const alike = [
    `${issuer.url}/`,
    issuer.url.toUpperCase(),
    issuer.url.replace('https', 'HTTPS'),
    issuer.url.replace('https', 'http'),
    issuer.url.replace('1', '\u0661'),
    issuer.url.replace('.', '\u3002'),
    ` ${issuer.url}`,
    `${issuer.url}\u200b`,
    `${issuer.url}#`,
    `${issuer.url}/../`,
    'constructor',
    '__proto__',
  ];
  for (const each of alike) assert.not.ok(verifier.isAllowed(each), each);
  for (const each of [undefined, null, [issuer.url], { toString: () => issuer.url }]) {
    assert.not.ok(verifier.isAllowed(each));
  }
  assert.ok(verifier.isAllowed(issuer.url));
});

test('attack: a subject that is none, endless, or would write on a terminal', async () => {
  for (const sub of [undefined, '', 7, ['a'], 'x'.repeat(1025), 'a\u001b[31m', 'a\nb', '\ud800']) {
    await refused('token-rejected', await issuer.token({ sub }), /its sub/);
  }
});

test('attack: a key too short to sign with, and a secret key among the public ones', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const short = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'short', alg: 'RS256' };
  const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'secret', alg: 'HS256' };
  const before = issuer.handlers.get(JWKS);
  issuer.handlers.set(JWKS, json({ keys: [short, secret] }));
  const other = fresh();
  const input = unsigned({ alg: 'RS256', kid: 'short' }, usual());
  const { sign } = await import('node:crypto');
  const token = `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
  const error = await other.verify(readJwt(token)).catch((thrown: unknown) => thrown);
  assert.is((error as Problem).code, 'token-rejected');
  if (before !== undefined) issuer.handlers.set(JWKS, before);
});

test('cheap refusals come before the keys are asked for', async () => {
  const other = fresh();
  const asked = issuer.requests.length;
  for (const claims of [{ aud: 'other' }, { exp: 1 }, { iat: now() + 900 }, { sub: '' }]) {
    await other.verify(readJwt(await issuer.token(claims))).catch(() => {});
  }
  assert.is(issuer.requests.length, asked);
});

test.run();
