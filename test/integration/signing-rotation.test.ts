// deadline: 300
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertificateMessage, RunMessage } from '../../src/api/messages.ts';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { DAY_MS, type KeyPairPem } from '../../src/pki/authority.ts';
import { issuingCertificate, readPublished } from '../../src/pki/published.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { issueLeaf } from '../support/authorities.ts';
import { eventually } from '../support/eventually.ts';
import { createHttpClient, type HttpClient } from '../support/http.ts';
import { Operated } from '../support/operated.ts';
import { freePort } from '../support/ports.ts';
import { type Running, startProcess } from '../support/process.ts';
import { some } from '../support/some.ts';

/** More than the hour that an authority is published before it is used. */
const WAITED = 3660_000;
/** Past two thirds of a root's ten years. */
const ROOT_DUE = 2434 * DAY_MS;

let operated: Operated;
let receiver: Running | undefined;
let http: HttpClient;
const clients: HttpClient[] = [];
let token: string;
let port: number;
let healthPort: number;
/** What was pushed, in order. */
const pushed: RunMessage[] = [];
const test = suite('rotation of the signing authority');

test.before(async () => {
  [port, healthPort] = [await freePort(), await freePort()];
  // The receiver goes by the real time, so the operator begins long before it: its root gets due ten days ago.
  operated = await Operated.start({ ahead: -ROOT_DUE - 10 * DAY_MS, endpoint: `https://127.0.0.1:${port}` });
  await eventually('the first authority', async () => (await published()).length === 1);
  // That one has ended; this one is good for two more weeks, and got due two weeks ago.
  operated.ahead = -75 * DAY_MS;
  await eventually('an authority that is valid now', async () => (await published()).length === 2);
  await operated.apply('Contract', 'open', {});
  await operated.apply('Workflow', 'free', { contractRef: { name: 'open' } });
  await operated.kubectl('wait -n shop --for=condition=Ready --timeout=30s workflow.proviso.dev/free');
  const account = { audience: 'proviso' };
  token = await operated.plane.serviceAccountToken('shop', 'proviso-free', account);
  await restartReceiver();
});
test.after(async () => {
  for (const client of clients) client.close();
  await receiver?.stop();
  await operated?.stop();
});

const inTrust = (key: string): Promise<string> =>
  operated.kubectl(`get configmap -n proviso-system proviso-trust -o jsonpath={.data.${key.replace('.', '\\.')}}`);
const published = async (): Promise<readonly string[]> =>
  some(readPublished(await inTrust('trusted_root.json'))).map((each) => issuingCertificate(each).toString());
const inSecret = async (name: string, key: string): Promise<string> => {
  const text = await operated.kubectl(
    `get secret -n proviso-system ${name} -o jsonpath={.data.${key.replace('.', '\\.')}}`,
  );
  return new X509Certificate(Buffer.from(text, 'base64')).toString();
};
const current = (): Promise<string> => inSecret('proviso-signing-ca', 'tls.crt');

/** It remembers an authority for a minute; a new one knows it at once. */
async function restartReceiver(): Promise<void> {
  await receiver?.stop();
  const kubeconfig = await operated.plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver');
  const ports = ['--port', String(port), '--health-port', String(healthPort)];
  const logFile = join(operated.plane.dir, 'receiver.log');
  receiver = startProcess('receiver', ['receiver', ...ports, '--kubeconfig', kubeconfig], logFile);
  await eventually('the receiver', async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok);
  // The authority for TLS is renewed when the root is.
  http = createHttpClient(`https://127.0.0.1:${port}`, await inTrust('ca.crt'));
  clients.push(http);
}

/** Opens a run, signs it with a certificate of the cluster, and hands it in; returns the certificate's chain. */
async function push(): Promise<readonly X509Certificate[]> {
  const opened = await http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'free' } });
  const run = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run.run}`;
  const { key, csr } = await createSigningRequest();
  const issued = await http.call('/v1/signing/certificate', { method: 'POST', token, body: { csr } });
  const { certificateChain } = issued.json<CertificateMessage>();
  const statement = await http.call(`${path}/statement`, { token });
  const body = signWithCertificate(key, some(certificateChain[0]), statement.body);
  const answer = await http.call(`${path}/attestation`, { method: 'POST', token, body });
  assert.is(answer.status, 200, answer.body.toString());
  pushed.push(run);
  return certificateChain.map((pem) => new X509Certificate(pem));
}

/** Every run that was pushed so far verifies with what its receiver tells, as `proviso verify` does it. */
async function assertAllVerify(): Promise<void> {
  for (const { run } of pushed) {
    const message = (await http.call(`/v1/namespaces/shop/runs/${run}`, { token })).json<RunMessage>();
    const { digest, receiveTime } = some(message.attestation);
    const bytes = (await http.call(`/v1/evidence/${digest}`, { token })).body;
    const verdict = verifyAttestation(bytes, some(message.verification), new Date(receiveTime));
    assert.ok(verdict.verified, JSON.stringify(verdict));
  }
}

test('a leaf for ten minutes comes with its intermediate, and verifies', async () => {
  const [leaf, intermediate, ...rest] = await push();
  assert.equal(rest, []);
  assert.is(some(intermediate).toString(), await current());
  assert.ok(some(leaf).verify(some(intermediate).publicKey));
  assert.is(some(leaf).subjectAltName, 'URI:https://kubernetes.io/namespaces/shop/serviceaccounts/proviso-free');
  const minutes = (some(leaf).validToDate.getTime() - some(leaf).validFromDate.getTime()) / 60_000;
  assert.is(Math.round(minutes), 11);
  await assertAllVerify();
});

test('an intermediate that is due goes on signing until its successor was published for an hour', async () => {
  const before = await current();
  operated.ahead = -14 * DAY_MS;
  await eventually('the successor', async () => (await published()).length === 3);
  await restartReceiver();
  assert.is(some((await push())[1]).toString(), before);
  operated.ahead += WAITED;
  const after = await eventually('the change', async () => {
    const now = await current();
    return now === before ? undefined : now;
  });
  assert.is(after, (await published())[2]);
  await restartReceiver();
  assert.is(some((await push())[1]).toString(), after);
  assert.is(await inSecret('proviso-signing-ca', 'ca.crt'), await inSecret('proviso-signing-root', 'tls.crt'));
  await assertAllVerify();
});

test('a new root is published before anything is signed under it, and runs of the old one verify', async () => {
  const [before, root] = [await current(), await inSecret('proviso-signing-root', 'tls.crt')];
  operated.ahead = -9 * DAY_MS;
  await eventually('the new root', async () => (await published()).length === 4);
  assert.is.not(await inSecret('proviso-signing-root', 'tls.crt'), root);
  assert.is(await current(), before);
  await restartReceiver();
  assert.is(some((await push())[1]).toString(), before);
  await assertAllVerify();
  operated.ahead += WAITED;
  await eventually('the change', async () => (await current()) !== before);
  assert.is.not(await inSecret('proviso-signing-ca', 'ca.crt'), root);
  await restartReceiver();
  const [, intermediate] = await push();
  assert.is(some(intermediate).toString(), (await published())[3]);
  assert.not(some(intermediate).verify(new X509Certificate(root).publicKey));
  await assertAllVerify();
});

test('the TrustRoot is Ready, and put right as soon as somebody changes it', async () => {
  await operated.kubectl('wait --for=condition=Ready --timeout=30s trustroot/proviso-cluster');
  const inline = 'get trustroot proviso-cluster -o jsonpath={.spec.sigstore.inline}';
  const before = await operated.kubectl(inline);
  assert.is(before, await inTrust('trusted_root.json'));
  const patch = { spec: { default: true, sigstore: { inline: '{}' } } };
  await operated.kubectl(`patch trustroot proviso-cluster --type=merge -p ${JSON.stringify(patch)}`);
  await eventually('the repair', async () => (await operated.kubectl(inline)) === before);
  assert.is(await operated.kubectl('get trustroot proviso-cluster -o jsonpath={.spec.default}'), 'false');
  await operated.kubectl('patch configmap -n proviso-system proviso-trust -p {"data":{"trusted_root.json":"{}"}}');
  await eventually('the repair', async () => (await inTrust('trusted_root.json')) === before);
  await operated.kubectl('delete trustroot proviso-cluster');
  await eventually('the repair', async () => (await operated.kubectl(inline)) === before);
});

test('both Secrets deleted: made anew, and everything pushed before still verifies', async () => {
  const before = await published();
  await operated.kubectl('delete secret -n proviso-system proviso-signing-ca proviso-signing-root');
  operated.ahead = 0;
  await eventually('a new authority', async () => !before.includes(await current()));
  assert.equal((await published()).slice(0, before.length), before);
  await restartReceiver();
  await push();
  await assertAllVerify();
});

/** Hands in what the leaf of an authority signs, in a run of its own; answers what to call for that. */
async function handIn(authority: KeyPairPem) {
  const forged = await issueLeaf(authority, new Date(), 'shop', 'proviso-free');
  const run = (await http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'free' } })).json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run.run}`;
  const statement = await http.call(`${path}/statement`, { token });
  const body = signWithCertificate(forged.key, forged.leaf, statement.body);
  return [`${path}/attestation`, { method: 'POST', token, body }] as const;
}

test('attack: a leaf that a leaf has issued, handed in with its chain', async () => {
  const { key, csr } = await createSigningRequest();
  const issued = await http.call('/v1/signing/certificate', { method: 'POST', token, body: { csr } });
  const own = {
    certificate: some(issued.json<CertificateMessage>().certificateChain[0]),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  await http.refused('certificate-invalid', ...(await handIn(own)));
});

test('attack: the key of the intermediate has leaked, and signs after everything was made anew', async () => {
  const secret = 'get secret -n proviso-system proviso-signing-ca -o';
  const textOf = async (key: string): Promise<string> =>
    Buffer.from(await operated.kubectl(`${secret} jsonpath={.data.tls\\.${key}}`), 'base64').toString();
  const leaked = { certificate: await textOf('crt'), privateKey: await textOf('key') };
  const before = await http.call(...(await handIn(leaked)));
  assert.is(before.status, 200, before.body.toString());
  // As docs/signing-authority.md says.
  await operated.restart(async () => {
    await operated.kubectl('delete secret -n proviso-system proviso-signing-ca proviso-signing-root');
    await operated.kubectl('delete configmap -n proviso-system proviso-trust');
    await operated.kubectl('delete trustroot proviso-cluster');
  });
  await eventually('a new authority', async () => (await published()).length === 1);
  await restartReceiver();
  await http.refused('certificate-invalid', ...(await handIn(leaked)));
  await push();
});

test.run();
