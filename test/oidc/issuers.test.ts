import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CredentialSource } from '../../src/kube/credentials.ts';
import { readIssuers } from '../../src/oidc/issuers.ts';
import { assertNotOurs } from '../../src/oidc/own-issuer.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';

const test = suite('oidc issuers');
let dir: string;

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-issuers-'));
  const { certificate } = await createCertificateAuthority({ commonName: 'ca', now: new Date(), days: 1 });
  await writeFile(join(dir, 'ca.crt'), certificate);
  await writeFile(join(dir, 'key.pem'), 'no certificate');
});
test.after(() => rm(dir, { recursive: true, force: true }));

async function read(text: string) {
  await writeFile(join(dir, 'issuers.yaml'), text);
  return readIssuers(join(dir, 'issuers.yaml'));
}

test('YAML and JSON, with what is left out filled in', async () => {
  const issuers = await read(`
- issuer: https://token.actions.githubusercontent.com
- issuer: https://gitlab.corp
  provider: gitlab
  ca: ca.crt
  jwksUri: https://keys.corp/jwks
  audiences: [proviso, other]
  algorithms: [ES256]
`);
  const github = issuers.get('https://token.actions.githubusercontent.com');
  assert.equal(
    [github?.provider, github?.audiences, github?.jwksUri, github?.ca],
    ['github', ['proviso'], undefined, undefined],
  );
  assert.equal(github?.algorithms, ['RS256', 'ES256', 'ES384', 'PS256', 'EdDSA']);
  const gitlab = issuers.get('https://gitlab.corp');
  assert.equal([gitlab?.provider, gitlab?.audiences, gitlab?.algorithms], ['gitlab', ['proviso', 'other'], ['ES256']]);
  assert.match(gitlab?.ca ?? '', /BEGIN CERTIFICATE/);
  assert.is((await read('[{"issuer":"https://a"}]')).get('https://a')?.provider, undefined);
  assert.is((await readIssuers(undefined)).size, 0);
});

test('what is wrong in the list stops the start, and is named', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['- issuer: http://a', /\/0\/issuer .*https/],
    ['- issuer: https://me:pw@a', /credentials/],
    ['- issuer: https://a?x=1', /query/],
    ['- issuer: https://a#b', /query or a fragment/],
    ['- {issuer: https://a}\n- {issuer: https://a}', /\/1\/issuer .*twice/],
    ['- {issuer: https://a, jwksUri: "http://a/keys"}', /\/0\/jwksUri/],
    ['- {issuer: https://a, ca: key.pem}', /no certificate/],
    ['- {issuer: https://a, ca: absent.crt}', /absent\.crt/],
    ['- {issuer: https://a, algorithms: [HS256]}', /algorithms\/0.*RS256/],
    ['- {issuer: https://a, algorithms: [none]}', /algorithms\/0/],
    ['- {issuer: https://a, audience: x}', /additional properties: audience/],
    ['- {issuer: https://a, issuer: https://b}', /duplicated/],
    ['issuers: []', /must be array/],
    ['', /issuers\.yaml: /],
    ['- {issuer: https://a, provider: jenkins}', /provider/],
  ];
  for (const [text, message] of wrong) {
    const error = await read(text).catch((thrown: unknown) => thrown);
    assert.instance(error, Error, text);
    assert.match((error as Error).message, message);
  }
});

const sending =
  (authorization: string): CredentialSource =>
  async () =>
    ({ headers: { authorization } }) as unknown as Awaited<ReturnType<CredentialSource>>;

test("attack: the API server's own issuer in the list would let revoked service accounts in", async () => {
  const issuers = await read('- issuer: https://kubernetes.default.svc');
  const payload = Buffer.from('{"iss":"https://kubernetes.default.svc"}').toString('base64url');
  const error = await assertNotOurs(issuers, sending(`Bearer e30.${payload}.AA`)).catch((thrown: unknown) => thrown);
  assert.match((error as Error).message, /API server's own/);
  await assertNotOurs(issuers, sending('Bearer opaque'));
  await assertNotOurs(await read('- issuer: https://other'), sending(`Bearer e30.${payload}.AA`));
});

test.run();
