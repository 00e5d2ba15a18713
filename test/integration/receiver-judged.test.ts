// deadline: 300
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertificateMessage, RunMessage } from '../../src/api/messages.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { createSigstore, ISSUER, SIGNED_SOON, WORKFLOW } from '../verify/sigstore.ts';

const sigstore = await createSigstore(SIGNED_SOON);
const key = generateTestKey();
const keyless = { issuer: ISSUER, subject: WORKFLOW, trustRootRef: { name: 'private' } };
const WORKFLOWS = ['keyless', 'cluster', 'keyed'];
const MANIFESTS = [
  manifest('TrustRoot', 'private', { sigstore: { inline: JSON.stringify(sigstore.root) } }),
  manifest('Contract', 'keyless', { signers: [{ keyless }] }),
  manifest('Contract', 'cluster', {}),
  manifest('Contract', 'keyed', { signers: [{ key: { inline: key.publicPem } }] }),
  ...WORKFLOWS.map((name) => manifest('Workflow', name, { contractRef: { name } })),
].join('\n---\n');

interface Opened {
  readonly workflow: string;
  readonly name: string;
  readonly path: string;
  readonly statement: Buffer;
}

let shop: Shop;
const tokens: Record<string, string> = {};
const test = suite('runs that have their verdict');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  for (const workflow of WORKFLOWS) tokens[workflow] = await shop.tokenOf(workflow);
  await writeFile(
    caFile(),
    await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}'),
  );
});
test.after(() => shop?.stop());

const caFile = (): string => join(shop.stack.controlPlane.dir, 'ca.crt');

async function open(workflow: string): Promise<Opened> {
  const token = some(tokens[workflow]);
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.is(answer.status, 201, answer.body.toString());
  const { run } = answer.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}`;
  return { workflow, name: run, path, statement: (await shop.http.call(`${path}/statement`, { token })).body };
}

/** The statement as the signer of its contract signs it. */
async function signed({ workflow, statement }: Opened): Promise<string | Uint8Array> {
  if (workflow === 'keyed') return signedBundle(statement, key);
  if (workflow === 'keyless') return JSON.stringify(await sigstore.bundle({ payload: statement }));
  const request = await createSigningRequest();
  const sending = { method: 'POST', token: some(tokens.cluster), body: { csr: request.csr } };
  const { certificateChain } = (await shop.http.call('/v1/signing/certificate', sending)).json<CertificateMessage>();
  return signWithCertificate(request.key, some(certificateChain[0]), statement);
}

const pushing = ({ workflow }: Opened, body: string | Uint8Array) => ({
  method: 'POST',
  token: some(tokens[workflow]),
  body,
});

async function accepted(workflow: string): Promise<Opened> {
  const opened = await open(workflow);
  const answer = await shop.http.call(`${opened.path}/attestation`, pushing(opened, await signed(opened)));
  assert.is(answer.status, 200, answer.body.toString());
  return opened;
}

async function read({ workflow, path }: Opened): Promise<RunMessage> {
  const answer = await shop.http.call(path, { token: some(tokens[workflow]) });
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json<RunMessage>();
}

/** What the CLI says of a run. */
async function proviso(command: string, { workflow, name }: Opened): Promise<{ code: number; out: string }> {
  const { code, text } = await runProviso(shop.stack.controlPlane.dir, `${command} shop/${name}`, {
    PROVISO_ENDPOINT: shop.stack.endpoint,
    PROVISO_TOKEN: some(tokens[workflow]),
    PROVISO_CA_FILE: caFile(),
    PROVISO_WORKFLOW: workflow,
  });
  return { code, out: text };
}

/** It reads and says what it is, and isn't taken for checked: `verify` names what it lacks, and all else holds. */
async function assertReadable(run: Opened, ...lacks: readonly RegExp[]): Promise<void> {
  const { reason, attestation, verification } = await read(run);
  assert.is(reason, 'Accepted');
  assert.ok(attestation !== undefined && verification !== undefined);
  const status = await proviso('status', run);
  assert.is(status.code, 0, status.out);
  assert.match(status.out, /passed, Accepted/);
  const { code, out } = await proviso('verify', run);
  assert.is(code, lacks.length === 0 ? 0 : 1, out);
  assert.match(out, lacks.length === 0 ? /\nVerified\n$/ : /\nNOT verified\n$/);
  for (const lack of lacks) assert.match(out, lack);
  assert.match(out, /ok {3}the stored bytes have the digest on the run/);
  assert.match(out, /ok {3}the verdict of the run is Accepted/);
}

const contractReady = (name: string, seconds = 30) =>
  shop.kubectl(`wait -n shop --for=condition=Ready --timeout=${seconds}s contract/${name}`);

test('a run is read while its trust root is missing or not ready, and nothing can be pushed', async () => {
  const [judged, late] = [await accepted('keyless'), await open('keyless')];
  const bundle = await signed(late);
  await assertReadable(judged);
  const root = JSON.parse(await shop.kubectl('get trustroot private -o json')) as TrustRoot;
  const again = { ...root, metadata: { name: 'private' }, status: undefined };
  const lacking = (code: string) => async () => (await read(judged)).verification?.missingRoots?.private?.code === code;

  await shop.kubectl('delete trustroot private');
  await eventually('the root to be missed', lacking('trust-root-not-found'));
  await assertReadable(judged, /FAIL .*the trusted root 'private' now: trust-root-not-found: /);
  await shop.http.refused('trust-root-not-found', `${late.path}/attestation`, pushing(late, bundle));

  const source = { sigstore: { configMapRef: { name: 'absent', key: 'root.json' } } };
  await shop.kubectl('apply -f -', JSON.stringify({ ...again, spec: source }));
  await eventually('the root not to be ready', lacking('trust-root-not-ready'));
  await assertReadable(judged, /FAIL .*the trusted root 'private' now: trust-root-not-ready: /);
  await shop.http.refused('trust-root-not-ready', `${late.path}/attestation`, pushing(late, bundle));

  await shop.kubectl('delete trustroot private');
  await shop.kubectl('apply -f -', JSON.stringify(again));
  await contractReady('keyless');
  await eventually('the root to be back', async () => (await read(judged)).verification?.missingRoots === undefined);
  await assertReadable(judged);
  assert.is((await shop.http.call(`${late.path}/attestation`, pushing(late, bundle))).status, 200);
});

test('a run that was refused is read without any trust', async () => {
  const run = await open('keyless');
  const cancel = { method: 'POST', token: some(tokens.keyless), body: { trigger: 'failure' } };
  await shop.http.call(`${run.path}/cancel`, cancel);
  await shop.kubectl('delete trustroot private');
  assert.is((await read(run)).reason, 'PipelineFailed');
  assert.is((await proviso('status', run)).code, 0);
});

test('runs are read while authority and key of the control plane are gone, and nothing can be pushed', async () => {
  const judged = { cluster: await accepted('cluster'), keyed: await accepted('keyed') };
  const late = { cluster: await open('cluster'), keyed: await open('keyed') };
  const bundles = { cluster: await signed(late.cluster), keyed: await signed(late.keyed) };
  // It would make them anew; and the receiver remembers them for a minute.
  await shop.stack.terminate('operator');
  const blank = (secret: string, name: string) => {
    const patch = JSON.stringify([{ op: 'replace', path: `/data/${name}`, value: '' }]);
    return shop.kubectl(`patch secret -n proviso-system ${secret} --type=json -p ${patch}`);
  };
  await blank('proviso-signing-ca', 'tls.key');
  await blank('proviso-control-plane-key', 'signing.key');
  await shop.stack.killAndRestart('receiver');
  // What nothing can be signed with can still be checked against.
  await assertReadable(judged.cluster);
  await assertReadable(judged.keyed);
  for (const workflow of ['cluster', 'keyed'] as const) {
    const { path } = late[workflow];
    await shop.http.refused('cluster-unavailable', `${path}/attestation`, pushing(late[workflow], bundles[workflow]));
  }

  await shop.kubectl('delete secret -n proviso-system proviso-signing-ca proviso-control-plane-key');
  await shop.stack.killAndRestart('receiver');
  const keys = /FAIL the receiver answered without the keys of the control plane: cluster-unavailable: .*not there yet/;
  await assertReadable(judged.cluster, keys);
  await assertReadable(judged.keyed, keys);
  assert.match((await proviso('verify', judged.cluster)).out, /ok {3}it is signed by https:\/\/kubernetes\.io/);

  await shop.kubectl('delete configmap -n proviso-system proviso-trust');
  await shop.stack.killAndRestart('receiver');
  await assertReadable(judged.cluster, keys, /FAIL .*the trusted root 'proviso-cluster' now: cluster-unavailable: /);
  for (const workflow of ['cluster', 'keyed'] as const) {
    const { path, name } = late[workflow];
    await shop.http.refused('cluster-unavailable', `${path}/attestation`, pushing(late[workflow], bundles[workflow]));
    assert.is((await shop.run(name)).status?.attestation, undefined);
  }
});

test.run();
