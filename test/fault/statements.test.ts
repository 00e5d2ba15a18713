// deadline: 120
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { faults } from './survived.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', { signers: [{ key: { inline: key.publicPem } }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
].join('\n---\n');

let shop: Shop;
let token: string;
let webhook: Server;
/** Resolves when a verdict is held up on its way into the API server. */
let held = Promise.withResolvers<void>();
const test = faults('kill -9 before the verdict', 'one summary of a run');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
  const now = new Date();
  const authority = await createCertificateAuthority({ commonName: 'Webhook', now, days: 1 });
  const leaf = await issueServingCertificate(authority, { hosts: ['127.0.0.1'], now, days: 1 });
  // It never answers: the write of the verdict hangs in the API server until its client is gone.
  webhook = createServer({ cert: leaf.certificate, key: leaf.privateKey }, () => held.resolve());
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const { port } = webhook.address() as AddressInfo;
  const hook = {
    name: 'hold.proviso.test',
    clientConfig: {
      url: `https://127.0.0.1:${port}/`,
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    },
    rules: [
      { apiGroups: ['proviso.dev'], apiVersions: ['*'], resources: ['workflowruns/status'], operations: ['UPDATE'] },
    ],
    matchConditions: [{ name: 'verdict', expression: 'has(object.status) && has(object.status.attestation)' }],
    failurePolicy: 'Fail',
    timeoutSeconds: 30,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const kind = 'ValidatingWebhookConfiguration';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const object = { apiVersion, kind, metadata: { name: 'hold' }, webhooks: [hook] };
  await shop.kubectl('apply -f -', JSON.stringify(object));
});
test.after(async () => {
  webhook?.closeAllConnections();
  webhook?.close();
  await shop?.stop();
});

const call = (path: string, method = 'GET', body?: object | Uint8Array) =>
  shop.http.call(path, { method, token, ...(body === undefined ? {} : { body }) });
async function openRun() {
  const opened = (await call('/v1/runs', 'POST', { workflow: 'build' })).json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${opened.run}`;
  const statement = await call(`${path}/statement`);
  return { name: opened.run, path, bundle: signedBundle(statement.body, key) };
}
/** Pushes, and kills the receiver once everything is in the store and the verdict isn't. */
async function killInBetween({ path, bundle }: Awaited<ReturnType<typeof openRun>>): Promise<readonly string[]> {
  held = Promise.withResolvers();
  const before = new Set((await shop.stored()).blobs);
  const pushed = call(`${path}/attestation`, 'POST', bundle).catch(() => undefined);
  await held.promise;
  const left = (await shop.stored()).blobs.filter((blob) => !before.has(blob));
  await shop.stack.killAndRestart('receiver');
  await pushed;
  return left.map((hex) => `sha256:${hex}`);
}
const hold = async (isOn: boolean): Promise<void> => {
  const rule = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: isOn ? 'Fail' : 'Ignore' }];
  const url = [{ op: 'replace', path: '/webhooks/0/timeoutSeconds', value: isOn ? 30 : 1 }];
  const patch = JSON.stringify([...rule, ...url]);
  const args = ['patch', 'validatingwebhookconfiguration', 'hold', '--type=json', '-p', patch];
  const { code, stderr } = await shop.stack.controlPlane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
};

test('killed between the store and the verdict: pushed again there is one summary, and the other is not given out', async () => {
  // The API server holds to a new webhook after a moment; a push before that is just accepted.
  const run = await eventually('a verdict that is held up', async () => {
    const candidate = await openRun();
    const outcome = await Promise.race([
      killInBetween(candidate).then((left) => ({ ...candidate, left })),
      eventually('a verdict', async () => (await shop.run(candidate.name)).status?.attestation !== undefined, 5).then(
        () => undefined,
        () => new Promise<never>(() => {}),
      ),
    ]);
    return outcome;
  });
  assert.is(run.left.length, 2, 'the attestation and a summary are in the store');
  const { status } = await shop.run(run.name);
  assert.equal([status?.attestation, status?.statements], [undefined, undefined]);
  await hold(false);
  await eventually('the push', async () => (await call(`${run.path}/attestation`, 'POST', run.bundle)).status === 200);
  const finished = await shop.run(run.name);
  assert.is(finished.status?.statements?.length, 1);
  const vsa = some(finished.status?.statements?.find(({ predicateType }) => predicateType === VSA_TYPE));
  const orphan = some(run.left.find((digest) => digest !== finished.status?.attestation?.digest));
  assert.is.not(vsa.digest, orphan);
  await eventually('the summary', async () => (await call(`/v1/evidence/${vsa.digest}`)).status === 200);
  await shop.http.refused('evidence-not-found', `/v1/evidence/${orphan}`, { token });
  const again = (await call(`${run.path}/attestation`, 'POST', run.bundle)).json<RunMessage>();
  assert.equal(again.statements, finished.status?.statements, 'and it stays that one');
});

test('killed between the store and the verdict, then cancelled: the run has no summary', async () => {
  await hold(true);
  const run = await openRun();
  // Again it takes a moment.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const left = await killInBetween(run);
  assert.is((await call(`${run.path}/cancel`, 'POST', { trigger: 'failure' })).status, 200);
  const { status } = await shop.run(run.name);
  assert.is(status?.statements, undefined);
  for (const digest of left) await shop.http.refused('evidence-not-found', `/v1/evidence/${digest}`, { token });
});

test.run();
