// deadline: 180

import { sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey } from '../support/signing.ts';
import { createSigstore, ISSUER, SIGNED_SOON, type Signing, WORKFLOW } from '../verify/sigstore.ts';

const now = SIGNED_SOON;
const sigstore = await createSigstore(now);
const stranger = await createSigstore(now);
const [first, second] = [generateTestKey(), generateTestKey()];
const keyless = { issuer: ISSUER, subject: WORKFLOW };
const MANIFESTS = [
  manifest('TrustRoot', 'private', { default: true, sigstore: { inline: JSON.stringify(sigstore.root) } }),
  manifest('TrustRoot', 'elsewhere', {
    namespaces: { matchLabels: { team: 'others' } },
    sigstore: { inline: JSON.stringify(sigstore.root) },
  }),
  manifest('Contract', 'keyless', { signers: [{ keyless }] }),
  manifest('Contract', 'claims', {
    signers: [{ keyless: { ...keyless, claims: [{ name: 'sourceRepositoryURI', value: 'https://github.com/o/r' }] } }],
  }),
  manifest('Contract', 'two', {
    signers: [{ key: { inline: first.publicPem } }, { key: { inline: second.publicPem } }],
    signerThreshold: 2,
  }),
  ...['keyless', 'claims', 'two'].map((name) => manifest('Workflow', name, { contractRef: { name } })),
].join('\n---\n');

let shop: Shop;
const test = suite('signers from outside');
test.before(async () => {
  shop = await openShop(MANIFESTS);
});
test.after(() => shop?.stop());

interface Opened {
  readonly token: string;
  readonly path: string;
  readonly run: string;
  readonly statement: Buffer;
}

async function open(workflow: string): Promise<Opened> {
  const token = await shop.tokenOf(workflow);
  const run = (await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } })).json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run.run}`;
  const { body } = await shop.http.call(`${path}/statement`, { token });
  return { token, path: `${path}/attestation`, run: run.run, statement: body };
}

const signed = async (opened: Opened, signing: Signing = {}, by = sigstore) =>
  JSON.stringify(await by.bundle({ ...signing, payload: opened.statement }));

const push = ({ token, path }: Opened, body: string) => shop.http.call(path, { method: 'POST', token, body });
const refused = ({ token, path }: Opened, code: string, body: string) =>
  shop.http.refused(code, path, { method: 'POST', token, body });

test('a certificate of the trusted root, with a log entry and with a timestamp', async () => {
  for (const signing of [{}, { timestamp: true }, { log: 'v2' }] as const) {
    const opened = await open('keyless');
    const answer = await push(opened, await signed(opened, signing));
    assert.is(answer.status, 200, answer.body.toString());
    const { attestation } = (await shop.run(opened.run)).status ?? {};
    assert.is(attestation?.signer.identity, WORKFLOW);
    assert.is(attestation?.signer.issuer, ISSUER);
    assert.is(attestation?.signer.claims?.sourceRepositoryURI, 'https://github.com/o/r');
    assert.is(attestation?.signer.timeSource, 'timestamp' in signing || 'log' in signing ? 'Timestamp' : 'Log');
    assert.is(attestation?.signer.time, now.toISOString());
  }
});

test('attack: another root, another identity, another repository, stripped proofs', async () => {
  const opened = await open('claims');
  await refused(opened, 'certificate-invalid', await signed(opened, {}, stranger));
  await refused(opened, 'signer-not-allowed', await signed(opened, { subject: `${WORKFLOW}x` }));
  const problem = await refused(
    opened,
    'signer-not-allowed',
    await signed(opened, { repository: 'https://github.com/o/fork' }),
  );
  assert.match(
    problem.detail ?? '',
    /sourceRepositoryURI 'https:\/\/github.com\/o\/r', found 'https:\/\/github.com\/o\/fork'/,
  );
  await refused(opened, 'timestamp-invalid', await signed(opened, { log: 'none' }));
  assert.is((await push(opened, await signed(opened))).status, 200);
});

test('two signers: one alone is too few, however often', async () => {
  const opened = await open('two');
  const entry = (key: typeof first) =>
    dsseEnvelope(opened.statement, sign('sha256', preAuthEncoding(PAYLOAD_TYPE, opened.statement), key.privateKey));
  const by = (...keys: readonly (typeof first)[]) =>
    JSON.stringify({ ...entry(first), signatures: keys.flatMap((key) => entry(key).signatures) });
  const problem = await refused(opened, 'signers-missing', by(first, first));
  assert.match(problem.detail ?? '', /expected 2 different signers.*found 1: SHA256/);
  await refused(opened, 'signature-invalid', by(generateTestKey()));
  assert.is((await push(opened, by(second, first))).status, 200);
  const { attestation } = (await shop.run(opened.run)).status ?? {};
  assert.is(attestation?.cosigners?.length, 1);
});

test('a root that is taken away, not for the namespace, or altered is trusted no more', async () => {
  const status = async (name: string) => {
    const text = await shop.kubectl(
      `get contract -n shop ${name} -o jsonpath={.status.conditions[?(@.type=="Ready")]}`,
    );
    return JSON.parse(text) as { reason: string; message: string };
  };
  const late = await open('keyless');
  await shop.kubectl(
    'apply -n shop -f -',
    manifest('Contract', 'other', { signers: [{ keyless: { ...keyless, trustRootRef: { name: 'elsewhere' } } }] }),
  );
  await eventually('the root of others to be refused', async () => {
    const { reason, message } = await status('other').catch(() => ({ reason: '', message: '' }));
    return reason === 'TrustRootNotFound' && /not for the namespace 'shop'/.test(message);
  });
  const root = JSON.parse(await shop.kubectl('get trustroot private -o json')) as TrustRoot;
  const bundle = await signed(late);
  await shop.kubectl('delete trustroot private');
  await eventually(
    'the contract to miss its root',
    async () => (await status('keyless')).reason === 'TrustRootNotFound',
  );
  // What was remembered of it is forgotten within seconds.
  const foreign = await signed(late, {}, stranger);
  await eventually('the root to be forgotten', async () => {
    const answer = await push(late, foreign);
    return answer.json<{ code: string }>().code === 'trust-root-not-found';
  });
  await refused(late, 'trust-root-not-found', bundle);
  await shop.kubectl('apply -f -', JSON.stringify({ ...root, metadata: { name: 'private' }, status: undefined }));
  await eventually('the contract to be ready again', async () => (await status('keyless')).reason === 'Ready');
  assert.is((await push(late, bundle)).status, 200);
});

test.run();
