// deadline: 60
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { secretData } from '../../src/api/secret.ts';
import type { EvidenceStore, EvidenceStoreS3 } from '../../src/api/types.gen.ts';
import type { StoreAccess, WebIdentity } from '../../src/evidence/access.ts';
import { openEvidenceStore, storeSettings } from '../../src/evidence/open.ts';
import { probe } from '../../src/evidence/probe.ts';
import { S3_KEYS, type S3Server, startS3 } from '../tools/s3.ts';
import { type FaultProxy, startFaultProxy } from './providers/fault-proxy.ts';

const ROLE = 'arn:aws:iam::123456789012:role/proviso';
const KEYS = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey };

let dir: string;
let server: S3Server;
let proxy: FaultProxy;
let sts: Server;
/** What the token service was asked, in order, and what it answers. */
const asked: URLSearchParams[] = [];
let answer: () => { readonly status: number; readonly body: string };

const test = suite('who Proviso is in S3');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-identity-'));
  server = await startS3();
  await server.makeBucket('evidence');
  proxy = await startFaultProxy(server.endpoint);
  // The real ones take tokens of issuers on the internet only.
  sts = createServer(async (request, response) => {
    asked.push(new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
    const { status, body } = answer();
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
});
test.before.each(() => {
  asked.length = 0;
});
test.after(async () => {
  await proxy?.stop();
  await server?.stop();
  sts?.close();
  await rm(dir, { recursive: true, force: true });
});

const stsEndpoint = (): string => `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
const granted = (seconds: number) => () => ({
  status: 200,
  body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
    <Credentials><AccessKeyId>${S3_KEYS.accessKeyId}</AccessKeyId><SecretAccessKey>${S3_KEYS.secretAccessKey}</SecretAccessKey>
    <SessionToken>session of the role</SessionToken><Expiration>${new Date(Date.now() + seconds * 1000).toISOString()}</Expiration>
    </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
});

const storeOf = (s3: Partial<EvidenceStoreS3>): EvidenceStore => ({
  metadata: { name: 'bucket' },
  spec: { s3: { bucket: 'evidence', endpoint: proxy.endpoint, forcePathStyle: true, ...s3 } },
});
const access = (
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
  webIdentity: WebIdentity = {},
): StoreAccess => ({
  namespace: 'proviso-system',
  webIdentity,
  async secret(name) {
    const texts = secrets[name];
    return texts === undefined ? undefined : { metadata: { name }, data: secretData(texts) };
  },
});
const probed = async (store: EvidenceStore, how: StoreAccess): Promise<string> => {
  const result = await probe(await openEvidenceStore(await storeSettings(store, how)));
  return result.ok ? 'fine' : result.message;
};
const refused = (store: EvidenceStore, how: StoreAccess): Promise<string> =>
  storeSettings(store, how).then(
    () => 'settings',
    (error: unknown) =>
      error instanceof Problem && error.code === 'store-unavailable' ? error.message : String(error),
  );

test('the keys of a Secret, of which a session token is sent along and signed', async () => {
  const store = storeOf({ credentialsSecretRef: { name: 'keys' } });
  // With the newline that an editor leaves.
  assert.is(
    await probed(store, access({ keys: { ...KEYS, AWS_ACCESS_KEY_ID: `${KEYS.AWS_ACCESS_KEY_ID}\n` } })),
    'fine',
  );
  assert.is(proxy.headers()['x-amz-security-token'], undefined);
  await probed(store, access({ keys: { ...KEYS, AWS_SESSION_TOKEN: 'session' } }));
  assert.is(proxy.headers()['x-amz-security-token'], 'session');
  assert.match(proxy.headers().authorization ?? '', /SignedHeaders=[^,]*x-amz-security-token/);
});

test('attack: what the process has in its surroundings is no substitute for what a Secret lacks', async () => {
  const before = { ...process.env };
  Object.assign(process.env, KEYS);
  try {
    const store = storeOf({ credentialsSecretRef: { name: 'keys' } });
    const where = 'spec.s3.credentialsSecretRef: the Secret keys in the namespace proviso-system';
    assert.is(
      await refused(store, access({})),
      `${where} does not exist; create it with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
    assert.is(
      await refused(store, access({ keys: { AWS_ACCESS_KEY_ID: 'x' } })),
      `${where} has no AWS_SECRET_ACCESS_KEY`,
    );
    assert.is(
      await refused(store, access({ keys: { ...KEYS, AWS_ACCESS_KEY_ID: '' } })),
      `${where} has no AWS_ACCESS_KEY_ID`,
    );
    const wrong = { keys: { ...KEYS, AWS_SECRET_ACCESS_KEY: 'wrong' } };
    assert.match(await probed(store, access(wrong)), /403 SignatureDoesNotMatch/);
  } finally {
    process.env = before;
  }
});

test('a link ends no later than the credentials that sign it', async () => {
  const tokenFile = join(dir, 'token');
  await writeFile(tokenFile, 'token');
  answer = granted(900);
  const how = access({}, { tokenFile, stsEndpoint: stsEndpoint() });
  const spec = { webIdentity: { roleArn: ROLE }, signedUrls: { expiry: '1h' } };
  const store = await openEvidenceStore(await storeSettings(storeOf(spec), how));
  const now = new Date();
  const link = await store.link?.(`sha256:${'0'.repeat(64)}`, now);
  const seconds = ((link?.expires.getTime() ?? 0) - now.getTime()) / 1000;
  assert.ok(seconds > 890 && seconds <= 900, String(seconds));
  const { searchParams } = new URL(link?.url ?? '');
  assert.is(searchParams.get('X-Amz-Expires'), String(seconds));
  assert.is(searchParams.get('X-Amz-Security-Token'), 'session of the role');
});

test("the pod's token is exchanged for credentials, and read anew when they end", async () => {
  const tokenFile = join(dir, 'token');
  await writeFile(tokenFile, 'first token\n');
  answer = granted(60);
  const how = access({}, { tokenFile, stsEndpoint: stsEndpoint() });
  const store = await openEvidenceStore(await storeSettings(storeOf({ webIdentity: { roleArn: ROLE } }), how));
  await probe(store);
  const [first] = asked;
  assert.is(first?.get('Action'), 'AssumeRoleWithWebIdentity');
  assert.is(first?.get('RoleArn'), ROLE);
  assert.is(first?.get('RoleSessionName'), 'proviso');
  assert.is(first?.get('WebIdentityToken'), 'first token');
  assert.is(proxy.headers()['x-amz-security-token'], 'session of the role');
  await writeFile(tokenFile, 'second token');
  await probe(store);
  assert.is(asked.at(-1)?.get('WebIdentityToken'), 'second token');
});

test('credentials that last are used until they end', async () => {
  const tokenFile = join(dir, 'token');
  await writeFile(tokenFile, 'a token');
  answer = granted(3600);
  const how = access({}, { tokenFile, stsEndpoint: stsEndpoint() });
  const store = await openEvidenceStore(await storeSettings(storeOf({ webIdentity: { roleArn: ROLE } }), how));
  for (let times = 0; times < 3; times++) await probe(store);
  assert.is(asked.length, 1);
});

test('what is wrong with the token, or with who takes it, is told', async () => {
  const store = storeOf({ webIdentity: { roleArn: ROLE } });
  assert.match(
    await refused(store, access({})),
    /^spec\.s3\.webIdentity: this pod has no token .* AWS_WEB_IDENTITY_TOKEN_FILE$/,
  );
  const absent = { tokenFile: join(dir, 'absent'), stsEndpoint: stsEndpoint() };
  assert.match(await probed(store, access({}, absent)), /the pod's token was not exchanged for credentials: ENOENT/);
  answer = () => ({
    status: 403,
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to assume it</Message></Error></ErrorResponse>',
  });
  await writeFile(join(dir, 'token'), 'a token');
  const tokenFile = join(dir, 'token');
  assert.match(
    await probed(store, access({}, { tokenFile, stsEndpoint: stsEndpoint() })),
    /^writing a probe object failed: the pod's token was not exchanged for credentials: 403 AccessDenied: Not authorized to assume it$/,
  );
});

test.run();
