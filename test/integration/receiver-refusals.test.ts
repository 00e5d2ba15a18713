// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' },
      { name: 'tests', type: 'JUNIT_XML', optional: true },
      { name: 'note', type: 'STRING', optional: true },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Contract', 'broken', { signers: [{ key: { secretRef: { name: 'absent', key: 'cosign.pub' } } }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'other', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'stuck', { contractRef: { name: 'broken' } }),
].join('\n---\n');

const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] });

let shop: Shop;
let token: string;
const test = suite('receiver refusals');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
});
test.after(() => shop?.stop());

async function openRun(): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  assert.is(answer.status, 201, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const put = (body: string | Uint8Array, headers = {}) => ({ method: 'PUT', token, body, headers });
const post = (body: string | Uint8Array | object) => ({ method: 'POST', token, body });

/** After a refusal: no material on the run, nothing new in the store, nothing half written. */
async function assertNothingLeft(run: RunMessage, before: readonly string[]): Promise<void> {
  const { status } = await shop.run(run.run);
  assert.equal(status?.materials ?? [], []);
  const { blobs, staging } = await shop.stored();
  assert.equal([...blobs].sort(), [...before].sort());
  assert.equal(staging, []);
}

async function completed(): Promise<RunMessage> {
  const run = await openRun();
  const added = await shop.http.call(pathOf(run, '/materials/sbom'), put(SBOM));
  assert.is(added.status, 200, added.body.toString());
  return run;
}

test('unknown workflow', async () => {
  const before = (await shop.runs()).length;
  const problem = await shop.http.refused('workflow-not-found', '/v1/runs', post({ workflow: 'nothing' }));
  assert.match(problem.detail, /'nothing'.*'shop'/);
  assert.is((await shop.runs()).length, before);
});

test('contract not Ready', async () => {
  const own = await stuckToken();
  const sending = { method: 'POST', token: own, body: { workflow: 'stuck' } };
  const problem = await shop.http.refused('contract-not-ready', '/v1/runs', sending);
  assert.match(problem.detail, /Secret absent/);
});

/** The workflow never gets Ready, but its identity is provisioned all the same. */
async function stuckToken(): Promise<string> {
  await shop.kubectl('wait -n shop --for=jsonpath={.data.token} --timeout=30s secret/proviso-stuck');
  const base64 = await shop.kubectl('get secret -n shop proviso-stuck -o jsonpath={.data.token}');
  return Buffer.from(base64, 'base64').toString();
}

test('no token, garbage, and a token for another audience', async () => {
  const body = { workflow: 'build' };
  await shop.http.refused('token-missing', '/v1/runs', { method: 'POST', body });
  await shop.http.refused('token-malformed', '/v1/runs', { method: 'POST', token: 'garbage', body });
  const wrong = await shop.stack.controlPlane.serviceAccountToken('shop', 'proviso-build', { audience: 'other' });
  const problem = await shop.http.refused('token-audience', '/v1/runs', { method: 'POST', token: wrong, body });
  assert.match(problem.detail, /other.*'proviso'/);
});

test('expired token', async () => {
  const [head = '', , signature = ''] = token.split('.');
  const claims = { aud: ['proviso'], exp: 1_000_000_000, sub: 'system:serviceaccount:shop:proviso-build' };
  const expired = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
  await shop.http.refused('token-expired', '/v1/runs', { method: 'POST', token: expired, body: { workflow: 'build' } });
});

test('a token whose claims were changed', async () => {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const changed = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string };
  changed.sub = 'system:serviceaccount:shop:proviso-other';
  const forged = `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
  await shop.http.refused('token-rejected', '/v1/runs', { method: 'POST', token: forged, body: { workflow: 'other' } });
});

test('token of another namespace, which learns nothing of what exists', async () => {
  await shop.kubectl('create namespace elsewhere');
  const foreign = await shop.stack.controlPlane.serviceAccountToken('elsewhere', 'someone', { audience: 'proviso' });
  const ask = (workflow: string) => ({ method: 'POST', token: foreign, body: { workflow, namespace: 'shop' } });
  const existing = await shop.http.refused('submit-forbidden', '/v1/runs', ask('build'));
  const missing = await shop.http.refused('submit-forbidden', '/v1/runs', ask('nothing'));
  assert.is(existing.detail.replace('build', 'X'), missing.detail.replace('nothing', 'X'));
  const run = await openRun();
  const real = await shop.http.refused('run-not-found', pathOf(run), { token: foreign });
  const fake = await shop.http.refused('run-not-found', '/v1/namespaces/shop/runs/none', { token: foreign });
  assert.is(real.detail.replace(run.run, 'X'), fake.detail.replace('none', 'X'));
});

test("another workflow's token", async () => {
  const run = await openRun();
  const { blobs } = await shop.stored();
  const other = await shop.tokenOf('other');
  const sending = { method: 'PUT', token: other, body: SBOM };
  await shop.http.refused('run-not-found', pathOf(run, '/materials/sbom'), sending);
  await shop.http.refused('submit-forbidden', '/v1/runs', {
    method: 'POST',
    token: other,
    body: { workflow: 'build' },
  });
  await assertNothingLeft(run, blobs);
});

test('body over the limit', async () => {
  const run = await openRun();
  const { blobs } = await shop.stored();
  await shop.http.refused('material-too-large', pathOf(run, '/materials/note'), put('x'.repeat(5000)));
  const huge = JSON.stringify({ workflow: 'build', annotations: { a: 'x'.repeat(1 << 20) } });
  await shop.http.refused('body-too-large', '/v1/runs', post(huge));
  await assertNothingLeft(run, blobs);
});

test('empty material', async () => {
  const run = await openRun();
  const { blobs } = await shop.stored();
  await shop.http.refused('material-empty', pathOf(run, '/materials/sbom'), put(''));
  await assertNothingLeft(run, blobs);
});

test('wrong digest', async () => {
  const run = await openRun();
  const { blobs } = await shop.stored();
  const stated = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` };
  await shop.http.refused('digest-mismatch', pathOf(run, '/materials/sbom'), put(SBOM, stated));
  const digest = `sha256:${'0'.repeat(64)}`;
  await shop.http.refused('digest-mismatch', `/v1/evidence/${digest}?workflow=build`, put('some bytes'));
  await assertNothingLeft(run, blobs);
});

test('wrong content for the type, with the path or line that is wrong', async () => {
  const run = await openRun();
  const { blobs } = await shop.stored();
  const wrong = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ type: 'library' }] });
  const sbom = await shop.http.refused('material-invalid', pathOf(run, '/materials/sbom'), put(wrong));
  assert.is(sbom.errors?.[0]?.at, '/components/0');
  assert.match(sbom.detail, /SBOM_CYCLONEDX_JSON.*name/);
  const report = '<testsuites>\n<testsuite>\n</wrong>';
  const tests = await shop.http.refused('material-invalid', pathOf(run, '/materials/tests'), put(report));
  assert.match(tests.errors?.[0]?.at ?? '', /^line 3/);
  await shop.http.refused('material-type-mismatch', pathOf(run, '/materials/sbom?type=SARIF'), put(SBOM));
  await shop.http.refused('material-unknown-type', pathOf(run, '/materials/x?type=NOPE'), put(SBOM));
  await assertNothingLeft(run, blobs);
});

test('duplicate JSON keys, in requests, documents and envelopes', async () => {
  const request = await shop.http.refused(
    'json-duplicate-key',
    '/v1/runs',
    post('{"workflow":"other","\\u0077orkflow":"build"}'),
  );
  assert.match(request.detail, /workflow/);
  const run = await openRun();
  const { blobs } = await shop.stored();
  const twice = SBOM.replace('"version":1', '"version":1,"version":2');
  await shop.http.refused('material-invalid', pathOf(run, '/materials/sbom'), put(twice));
  await assertNothingLeft(run, blobs);
  const envelope = '{"payload":"e30=","payload":"e30=","payloadType":"x","signatures":[{"sig":"AA=="}]}';
  await shop.http.refused('json-duplicate-key', pathOf(run, '/attestation'), post(envelope));
});

test('depth bombs', async () => {
  const bomb = '['.repeat(200_000) + ']'.repeat(200_000);
  await shop.http.refused('json-too-deep', '/v1/runs', post(bomb));
  const run = await openRun();
  const { blobs } = await shop.stored();
  const problem = await shop.http.refused('material-invalid', pathOf(run, '/materials/sbom'), put(bomb));
  assert.match(problem.detail, /nested/);
  await shop.http.refused('json-too-deep', pathOf(run, '/attestation'), post(bomb));
  await assertNothingLeft(run, blobs);
});

test('a statement that names another run', async () => {
  const run = await completed();
  const another = await completed();
  const statement = await shop.http.call(pathOf(another, '/statement'), { token });
  const bundle = signedBundle(statement.body, key);
  const problem = await shop.http.refused('statement-mismatch', pathOf(run, '/attestation'), post(bundle));
  assert.ok(problem.errors?.some(({ at }) => at === '/predicate/metadata/workflowRunID'));
  const { status } = await shop.run(run.run);
  assert.is(status?.attestation, undefined);
  assert.is(status?.refusals?.count, 1);
  assert.is(status?.refusals?.last?.code, 'statement-mismatch');
  assert.is(status?.conditions?.[0]?.status, 'Unknown');
});

test('a signature by another key, and one over other bytes', async () => {
  const run = await completed();
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const stranger = signedBundle(statement.body, generateTestKey());
  await shop.http.refused('signature-invalid', pathOf(run, '/attestation'), post(stranger));
  const bundle = JSON.parse(Buffer.from(signedBundle(statement.body, key)).toString()) as {
    dsseEnvelope: { payload: string };
  };
  const tampered = statement.body.toString().replace(run.run, `${run.run}x`);
  bundle.dsseEnvelope.payload = Buffer.from(tampered).toString('base64');
  await shop.http.refused('signature-invalid', pathOf(run, '/attestation'), post(bundle));
  const { status } = await shop.run(run.run);
  assert.is(status?.refusals?.count, 2);
});

test('a push that is incomplete', async () => {
  const run = await openRun();
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const bundle = signedBundle(statement.body, key);
  const problem = await shop.http.refused('contract-not-met', pathOf(run, '/attestation'), post(bundle));
  assert.equal(
    problem.errors?.map(({ at }) => at),
    ['sbom'],
  );
});

test('a second push: the same bytes get the same answer, others are refused', async () => {
  const run = await completed();
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const bundle = signedBundle(statement.body, key);
  const first = await shop.http.call(pathOf(run, '/attestation'), post(bundle));
  assert.is(first.status, 200, first.body.toString());
  const accepted = first.json<RunMessage>();
  assert.is(accepted.reason, 'Accepted');
  const again = await shop.http.call(pathOf(run, '/attestation'), post(bundle));
  assert.is(again.status, 200);
  assert.equal(again.json<RunMessage>().attestation, accepted.attestation);
  await shop.http.refused('attestation-differs', pathOf(run, '/attestation'), post(signedBundle(statement.body, key)));
  await shop.http.refused('run-finished', pathOf(run, '/materials/sbom'), put(SBOM));
  await shop.http.refused('run-finished', pathOf(run, '/cancel'), post({ trigger: 'failure' }));
  const { status } = await shop.run(run.run);
  assert.is(status?.attestation?.digest, accepted.attestation?.digest);
});

test('paths, methods and names that are not there', async () => {
  await shop.http.refused('not-found', '/v2/nothing', { token });
  await shop.http.refused('method-not-allowed', '/v1/runs', { token });
  await shop.http.refused('request-invalid', '/v1/namespaces/shop/runs/..%2f..%2fsecrets', { token });
  await shop.http.refused('request-invalid', '/v1/runs', post({ workflow: 'build', surprise: 1 }));
  await shop.http.refused('evidence-not-found', `/v1/evidence/sha256:${'a'.repeat(64)}`, { token });
});

test.run();
