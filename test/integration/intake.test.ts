// deadline: 180
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntakeItem, IntakeMessage, UploadMessage } from '../../src/api/intake-messages.ts';
import { gitoidOf } from '../../src/receiver/intake/gitoid.ts';
import { provenance, signedEnvelope } from '../support/envelopes.ts';
import type { Sending } from '../support/http.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey } from '../support/signing.ts';

/** Who signs for the contract, as Tekton Chains would. */
const key = generateTestKey();
const stranger = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'app', type: 'ARTIFACT', output: true },
      { name: 'provenance', type: 'SLSA_PROVENANCE', optional: true },
      { name: 'collection', type: 'ATTESTATION', optional: true },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
].join('\n---\n');

let dir: string;
let shop: Shop;
let token: string;
/** May read the runs of the namespace, and of all. */
let reader: string;
let auditor: string;
const test = suite('intake');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-intake-'));
  shop = await openShop(MANIFESTS, { archive: `sqlite:${join(dir, 'archive.db')}` });
  token = await shop.tokenOf('build');
  for (const name of ['reader', 'auditor']) await shop.kubectl(`create serviceaccount -n shop ${name}`);
  await shop.kubectl('create rolebinding -n shop reader --clusterrole=proviso-view --serviceaccount=shop:reader');
  await shop.kubectl('create clusterrolebinding auditor --clusterrole=proviso-view --serviceaccount=shop:auditor');
  reader = await shop.kubectl('create token -n shop reader --audience=proviso');
  auditor = await shop.kubectl('create token -n shop auditor --audience=proviso');
});
test.after(async () => {
  await shop?.stop();
  await rm(dir, { recursive: true });
});

async function upload(body: string | Uint8Array, sending: Sending & { readonly at?: string } = {}): Promise<string> {
  const { at = '', ...rest } = sending;
  const answer = await shop.http.call(`${at}/upload`, { method: 'POST', body, ...rest });
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json<UploadMessage>().gitoid;
}
async function listed(by: string, query = ''): Promise<IntakeMessage> {
  const answer = await shop.http.call(`/v1/intake${query}`, { token: by });
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json<IntakeMessage>();
}
const itemOf = async (gitoid: string): Promise<IntakeItem | undefined> =>
  (await listed(auditor, '?limit=500')).items.find((item) => item.gitoid === gitoid);
const digest = (char: string): string => `sha256:${char.repeat(64)}`;
const IN_SHOP = '/v1/namespaces/shop/workflows/build';

test('the envelope that Tekton Chains posts is answered as Archivista answers it, and can be had again', async () => {
  const envelope = await readFile(new URL('../verify/interop/fixtures/chains-archivista.json', import.meta.url));
  for (const at of ['', '/v1'])
    for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
      const headers = { 'content-type': type };
      assert.is(await upload(envelope, { at, headers }), gitoidOf(envelope));
    }
  for (const at of ['', '/v1', IN_SHOP]) {
    const answer = await shop.http.call(`${at}/download/${gitoidOf(envelope)}`, { token: auditor });
    assert.ok(answer.body.equals(envelope));
  }
  const { counts } = await listed(auditor);
  assert.is(
    counts.reduce((sum, { count }) => sum + count, 0),
    1,
  );
});

test('who may not see it is told the same as if it were not there', async () => {
  const body = signedEnvelope(provenance({ of: digest('1') }), stranger);
  const gitoid = await upload(body);
  for (const by of [reader, token])
    for (const id of [gitoid, 'f'.repeat(64)])
      await shop.http.refused('evidence-not-found', `/download/${id}`, { token: by });
  await shop.http.refused('token-missing', `/download/${gitoid}`);
  assert.equal((await listed(reader)).items, []);
  await shop.http.refused('token-missing', '/v1/intake');
  await shop.http.refused('read-forbidden', '/v1/intake?namespace=bank', { token: reader });
  const there = signedEnvelope(provenance({ of: digest('2') }), stranger);
  const inShop = await upload(there, { at: IN_SHOP });
  assert.equal(
    (await listed(reader)).items.map((item) => item.gitoid),
    [inShop],
  );
  assert.is((await shop.http.call(`/download/${inShop}`, { token: reader })).body.toString(), there);
  await shop.http.refused('evidence-not-found', `/download/${inShop}`, { token });
});

test('an address that leads nowhere answers as every other does', async () => {
  const body = signedEnvelope(provenance({ of: digest('3') }), stranger);
  assert.is(await upload(body, { at: '/v1/namespaces/nowhere/workflows/nothing' }), gitoidOf(Buffer.from(body)));
});

test('what is no id, no envelope, or too much is refused', async () => {
  for (const id of ['x', '..%2f..%2fetc%2fpasswd', 'A'.repeat(64), 'a'.repeat(65), `sha256:${'a'.repeat(64)}`])
    await shop.http.refused('request-invalid', `/download/${id}`, { token: auditor });
  const post = (body: string | Uint8Array) => ({ method: 'POST', body });
  const deep = `{"payload":${'['.repeat(100_000)}`;
  for (const body of ['', '{}', 'no JSON', deep, Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), '{"payload":"","payload":""}'])
    await shop.http.refused('attestation-malformed', '/upload', post(body));
  const large = await shop.http.refused('body-too-large', '/upload', post(Buffer.alloc((4 << 20) + 1, 'a')));
  assert.match(large.detail, /4194304 bytes/);
  await shop.http.refused('method-not-allowed', '/upload');
  const bad = await shop.http.refused('attestation-malformed', '/upload', post('{"payload":"e30=","payloadType":"x"}'));
  assert.match(JSON.stringify(bad.errors), /signatures/);
});

test('a token is not taken for nothing', async () => {
  const body = signedEnvelope(provenance({ of: digest('4') }), key);
  const hint = await shop.http.refused('request-invalid', '/upload', { method: 'POST', body, token });
  assert.match(hint.hint ?? '', /workflows\/WORKFLOW/);
  await shop.http.refused('token-malformed', '/upload', { method: 'POST', body, token: 'nonsense' });
  const headers = { authorization: 'Basic dXNlcjpwYXNz' };
  await shop.http.refused('token-missing', '/upload', { method: 'POST', body, headers });
  await shop.http.refused('token-missing', '/v1/namespaces/shop/runs/build-0/upload', { method: 'POST', body });
  await shop.http.refused('pod-required', `${IN_SHOP}/upload`, { method: 'POST', body, token });
  assert.is(await itemOf(gitoidOf(Buffer.from(body))), undefined);
});

test.run();
