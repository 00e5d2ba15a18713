// deadline: 300
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EvidenceLinkMessage, MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import type { ProblemDocument } from '../../src/api/problem.ts';
import { digestsOf } from '../../src/api/run-evidence.ts';
import type { EvidenceStore } from '../../src/api/types.gen.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { linesOf } from '../support/backups.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { keeperOf } from '../support/keeper.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { S3_KEYS, type S3Server, startS3 } from '../tools/s3.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'signed', {
    materials: [
      { name: 'log', type: 'ARTIFACT' },
      { name: 'disk', type: 'ARTIFACT' },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'signed' }, evidenceStoreRef: { name: 'bucket' } }),
].join('\n---\n');
const BUCKET = 'proviso-evidence';
const SECRET = 'proviso-evidence-credentials';

let server: S3Server;
let shop: Shop;
let token: string;
const test = suite('a receiver with its evidence in S3');
test.before(async () => {
  server = await startS3();
  await server.makeBucket(BUCKET);
  shop = await openShop(MANIFESTS);
});
test.after(async () => {
  await shop?.stop();
  await server?.stop();
});

const s3Spec = (secret: string = SECRET) => ({
  ...{ bucket: BUCKET, prefix: 'prod/', endpoint: server.endpoint, forcePathStyle: true },
  credentialsSecretRef: { name: secret },
});
const applyStore = (spec: object = {}, secret: string = SECRET) =>
  shop.kubectl('apply -f -', manifest('EvidenceStore', 'bucket', { s3: s3Spec(secret), ...spec }));
const logOf = ({ stack }: Shop, name: string): string =>
  stack.processes.find((each) => each.name === name)?.logFile ?? '';
const applySecret = (secretAccessKey: string = S3_KEYS.secretAccessKey, name: string = SECRET) => {
  const stringData = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const metadata = { name, namespace: 'proviso-system' };
  return shop.kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));
};
/** Waits until the operator has looked at what was applied last; returns what Ready says. */
const said = () =>
  eventually('a probe of the store', async () => {
    const store = JSON.parse(await shop.kubectl('get evidencestore bucket -o json')) as EvidenceStore;
    const { observedGeneration, conditions } = store.status ?? {};
    const ready = conditions?.find(({ type }) => type === 'Ready');
    return observedGeneration === store.metadata.generation && ready !== undefined ? ready : undefined;
  });

async function open(): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  assert.is(answer.status, 201, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const add = (run: RunMessage, name: string, body: Uint8Array) =>
  shop.http.call(pathOf(run, `/materials/${name}`), { method: 'PUT', token, body });
/** In a run of its own: a name has one content. */
const addAnew = async () => add(await open(), 'log', randomBytes(10));
const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('a store says what it lacks, in the words of whoever refuses', async () => {
  await applyStore();
  assert.match(
    (await said()).message,
    /^spec\.s3\.credentialsSecretRef: the Secret \S+ in the namespace proviso-system does not exist/,
  );
  await applySecret('wrong');
  await applyStore({ maxBlobSize: 2 ** 30 });
  const refused = await said();
  assert.is(refused.reason, 'ProbeFailed');
  assert.match(refused.message, /^writing a probe object failed: the S3 store failed: 403 SignatureDoesNotMatch: /);
  await applySecret();
  await applyStore({ maxBlobSize: 2 ** 31 });
  assert.equal(
    [(await said()).status, (await said()).message],
    ['True', 'a probe object was written, read and removed'],
  );
  assert.match(await shop.kubectl('get evidencestore bucket'), /True +S3 /);
  assert.equal(await server.objects(BUCKET), []);
  token = await shop.tokenOf('build');
});

test('a run whose materials, attestation and statements are in the bucket, small and large', async () => {
  const run = await open();
  const materials = { log: randomBytes(5000), disk: randomBytes(40 << 20) };
  for (const [name, bytes] of Object.entries(materials)) {
    const answer = await add(run, name, bytes);
    assert.is(answer.status, 200, answer.body.toString());
    assert.is(answer.json<MaterialMessage>().material.storeName, 'bucket');
  }
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const bundle = signedBundle(statement.body, key);
  const pushed = await shop.http.call(pathOf(run, '/attestation'), { method: 'POST', token, body: bundle });
  assert.is(pushed.status, 200, pushed.body.toString());
  const digests = digestsOf(await shop.run(run.run)) as readonly Digest[];
  assert.equal(
    await server.objects(BUCKET),
    digests.map((digest) => `prod/${blobPath(digest)}`).sort(),
    'whatever the run refers to, and nothing else',
  );
  assert.equal(await server.parts(BUCKET), []);
  assert.equal(await shop.stored(), { blobs: [], staging: [] });
  const back = await eventually('the material in the index of the watch', async () => {
    const answer = await shop.http.call(`/v1/evidence/${digestOf(materials.disk)}`, { token });
    return answer.status === 200 ? answer : undefined;
  });
  assert.ok(materials.disk.equals(back.body));
  const range = { range: 'bytes=30000000-30000999' };
  const part = await shop.http.call(`/v1/evidence/${digestOf(materials.disk)}`, { token, headers: range });
  assert.is(part.status, 206);
  assert.ok(materials.disk.subarray(30_000_000, 30_001_000).equals(part.body));
});

test('who may read the bytes gets a link to them where the store gives any, and nobody else does', async () => {
  const run = await open();
  const bytes = randomBytes(3000);
  await add(run, 'log', bytes);
  const digest = digestOf(bytes);
  const path = `/v1/evidence/${digest}?link=true`;
  await eventually('the material in the index of the watch', async () => {
    return (await shop.http.call(`/v1/evidence/${digest}`, { token })).status === 200;
  });
  await shop.http.refused('link-unavailable', path, { token });
  await applyStore({ s3: { ...s3Spec(), signedUrls: { expiry: '5m' } } });
  const answer = await eventually('a link', async () => {
    const found = await shop.http.call(path, { token });
    return found.status === 200 ? found : undefined;
  });
  const link = answer.json<EvidenceLinkMessage>();
  assert.equal([link.digest, link.size, answer.headers['cache-control']], [digest, 3000, 'no-store']);
  const minutes = (Date.parse(link.expirationTime) - Date.now()) / 60_000;
  assert.ok(minutes > 4.5 && minutes <= 5, String(minutes));
  const got = await fetch(link.url);
  assert.ok(bytes.equals(Buffer.from(await got.arrayBuffer())));

  // Attack: by who may not read the bytes, and for bytes of which nobody knows.
  await shop.kubectl('create serviceaccount -n shop stranger');
  const stranger = await shop.kubectl('create token -n shop stranger --audience=proviso');
  await shop.http.refused('evidence-not-found', path, { token: stranger });
  await shop.http.refused('token-missing', path);
  await shop.http.refused('evidence-not-found', path.replace(digest, digestOf(randomBytes(9))), { token });
  await shop.http.refused('request-invalid', path.replace('true', 'yes'), { token });

  const env = { PROVISO_DIR: await mountSecret(shop, 'build') };
  const printed = await runProviso(shop.stack.controlPlane.dir, `download ${digest} --link`, env);
  assert.is(printed.code, 0, printed.text);
  assert.is((await fetch(printed.out.trim())).status, 200);
  assert.match(printed.err, /^whoever has this URL can read these 2\.9 KiB until \d{4}-/);
  const document = await runProviso(shop.stack.controlPlane.dir, `-o json download ${digest} --link`, env);
  assert.equal(Object.keys(JSON.parse(document.out)), ['url', 'expirationTime', 'digest', 'size']);
  assert.is(document.err, '');

  const log = await readFile(logOf(shop, 'receiver'), 'utf8');
  assert.not.match(log, /X-Amz-Signature/);
});

test('an installation without an archive is backed up and restored too, and no credentials of a store with it', async () => {
  const work = await mkdtemp(join(tmpdir(), 'proviso-backup-'));
  try {
    const keeper = await keeperOf(shop.stack, work);
    const saved = await keeper.proviso('backup --to saved');
    assert.is(saved.code, 0, saved.text);
    assert.match(saved.out, /2 EvidenceStore, .*; 0 archived runs;/);
    const texts = [
      ...(await linesOf(join(work, 'saved'), 'objects')),
      ...(await linesOf(join(work, 'saved'), 'secrets')),
    ];
    assert.ok(
      texts.some((text) => text.includes(SECRET)),
      'by its name',
    );
    const secrets = [S3_KEYS.secretAccessKey, Buffer.from(S3_KEYS.secretAccessKey).toString('base64')];
    for (const text of texts) for (const secret of secrets) assert.not.ok(text.includes(secret));
    const restored = await keeper.proviso('restore saved');
    assert.is(restored.code, 0, restored.text);
    assert.match(restored.out, /Archived runs: the backup has none\./);
  } finally {
    await rm(work, { recursive: true });
  }
});

test('an upload that is refused leaves nothing', async () => {
  const before = await server.objects(BUCKET);
  const run = await open();
  const wrong = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` };
  for (const size of [100, 20 << 20]) {
    const options = { method: 'PUT', token, body: randomBytes(size), headers: wrong };
    await shop.http.refused('digest-mismatch', pathOf(run, '/materials/log'), options);
  }
  assert.equal(await server.objects(BUCKET), before);
  assert.equal(await server.parts(BUCKET), []);
});

test('credentials that are exchanged are used without a restart', async () => {
  await applySecret('wrong');
  const refused = await eventually('a refusal', async () => {
    const answer = await addAnew();
    return answer.status === 503 ? answer : undefined;
  });
  const { code, detail } = refused.json<ProblemDocument>();
  assert.is(code, 'store-unavailable');
  assert.match(detail, /^the S3 store failed: 403 SignatureDoesNotMatch/);
  await applySecret();
  await eventually('an upload', async () => (await addAnew()).status === 200);
});

test('attack: a store can not be made to read whatever Secret there is with the rights of the receiver', async () => {
  await applySecret(S3_KEYS.secretAccessKey, 'other');
  await applyStore({}, 'other');
  assert.is((await said()).status, 'True');
  const refused = await eventually('a refusal', async () => {
    const answer = await addAnew();
    return answer.status === 503 ? answer : undefined;
  });
  const { code, detail, hint } = refused.json<ProblemDocument>();
  assert.is(code, 'store-unavailable');
  assert.match(detail, /secrets "other" is forbidden/);
  assert.match(hint ?? '', /allow this process to get the Secret other/);
});

test.run();
