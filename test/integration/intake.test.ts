// deadline: 300
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntakeItem, IntakeMessage, UploadMessage } from '../../src/api/intake-messages.ts';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import type { ObjectMeta } from '../../src/api/object.ts';
import { gitoidOf } from '../../src/receiver/intake/gitoid.ts';
import { digestOf as sha256 } from '../archive/sample.ts';
import { runCommand } from '../controlplane/command.ts';
import { mountSecret, runHere } from '../support/command-line.ts';
import { controllerReference } from '../support/config-files.ts';
import { collection, provenance, signedEnvelope } from '../support/envelopes.ts';
import { eventually } from '../support/eventually.ts';
import type { Sending } from '../support/http.ts';
import { key, openIntakeShop, stranger } from '../support/intake-shop.ts';
import { pipelineRunCrd, taskRunCrd } from '../support/owner-crds.ts';
import { jobReference, tokenOfPod } from '../support/pods.ts';
import type { Shop } from '../support/shop.ts';
import { startTaskRun } from '../support/tekton.ts';
import { tool } from '../tools/tool.ts';

let dir: string;
let shop: Shop;
let token: string;
let tokens: Readonly<Record<string, string>> = {};
/** May read the runs of the namespace, and of all. */
let reader: string;
let auditor: string;
const test = suite('intake');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-intake-'));
  ({ shop, tokens, reader, auditor } = await openIntakeShop(`sqlite:${join(dir, 'archive.db')}`));
  token = tokens.build ?? '';
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

test('the client that Chains and Witness are built with takes what it gets for Archivista', async () => {
  const file = join(dir, 'envelope.json');
  const body = signedEnvelope(provenance({ of: digest('9'), note: 'by the client' }), stranger);
  await writeFile(file, body);
  const trust = join(dir, 'ca.crt');
  await writeFile(
    trust,
    await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}'),
  );
  const client = await tool('archivista-client');
  const run = (action: string, at: string, what: string, by = '') =>
    runCommand(client, [action, `${shop.stack.endpoint}${at}`, what], {
      env: { SSL_CERT_FILE: trust, AUTHORIZATION: by },
    });
  for (const at of ['', '/', '/v1', IN_SHOP]) {
    assert.equal(await run('store', at, file), { code: 0, stdout: `${gitoidOf(Buffer.from(body))}\n`, stderr: '' });
  }
  const got = await run('download', IN_SHOP, gitoidOf(Buffer.from(body)), `Bearer ${auditor}`);
  assert.is(got.code, 0, got.stderr);
  assert.is(JSON.parse(got.stdout).payload, JSON.parse(body).payload);
  const refused = await run('store', '', trust);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /attestation-malformed/);
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
  const nowhere = { at: '/v1/namespaces/nowhere/workflows/nothing' };
  assert.is(await upload(there, nowhere), inShop, 'an address that leads nowhere answers as every other does');
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

/** Opens a run outside of any pipeline, with this as its app; returns its name. */
async function openWith(app: string, workflow = 'build'): Promise<string> {
  const token = tokens[workflow] ?? '';
  const { run } = (await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } })).json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}/materials/app`;
  const added = await shop.http.call(path, { method: 'PUT', token, body: app });
  assert.is(added.status, 200, added.body.toString());
  return run;
}
/** The watch of the receiver lags by a moment, and then an envelope is judged once more. */
const became = (gitoid: string, state: IntakeItem['state'], reason?: IntakeItem['reason']): Promise<IntakeItem> =>
  eventually(`${gitoid} to be ${state} ${reason ?? ''}`, async () => {
    const item = await itemOf(gitoid);
    if (item?.state === state && item.reason === reason) return item;
    throw new Error(JSON.stringify(item));
  });
const asideFor = (gitoid: string, reason: IntakeItem['reason']): Promise<IntakeItem> => became(gitoid, 'aside', reason);
const materialOf = async (run: string, name: string) =>
  (await shop.run(run)).status?.materials?.find((material) => material.name === name);

test('what Witness posts becomes the material of the run that has what it is about', async () => {
  const run = await openWith('witnessed');
  const body = signedEnvelope(collection(sha256('witnessed')), key);
  const gitoid = await upload(body);
  const item = await became(gitoid, 'matched');
  assert.equal([item.run, item.material], [run, 'collection']);
  const material = await materialOf(run, 'collection');
  assert.is(material?.digest, sha256(body));
  assert.match(material?.addedBy ?? '', /^intake, signed by \S{8}/);
  assert.is(material?.signers?.length, 1);
  assert.is((await shop.http.call(`/download/${gitoid}`, { token: reader })).body.toString(), body);
  // Chains signs again whenever it has to store again: no other content, though other bytes.
  const again = await became(await upload(signedEnvelope(collection(sha256('witnessed')), key)), 'duplicate');
  assert.is(again.run, run);
  const other = signedEnvelope({ ...collection(sha256('witnessed')), predicate: { name: 'other' } }, key);
  await asideFor(await upload(other), 'Refused');
  assert.is((await materialOf(run, 'collection'))?.digest, sha256(body));
});

test('an envelope waits for its run', async () => {
  const gitoid = await upload(signedEnvelope(collection(sha256('early')), key));
  await asideFor(gitoid, 'NoRun');
  const run = await openWith('early');
  const item = await became(gitoid, 'matched');
  assert.is(item.run, run);
});

test('a signature that the contract does not trust, or none at all, gets nothing into a run', async () => {
  const run = await openWith('wanted');
  const { blobs } = await shop.stored();
  const forged = signedEnvelope(collection(sha256('wanted')), stranger);
  await asideFor(await upload(forged), 'UnknownSigner');
  const { signatures } = JSON.parse(signedEnvelope(collection(sha256('another')), key)) as { signatures: unknown };
  await asideFor(await upload(JSON.stringify({ ...JSON.parse(forged), signatures })), 'UnknownSigner');
  assert.is(await materialOf(run, 'collection'), undefined);
  assert.equal((await shop.stored()).blobs, blobs, 'nothing of it gets into an evidence store');
  // What was refused before doesn't keep out what is good.
  const item = await became(await upload(signedEnvelope(collection(sha256('wanted')), key)), 'matched');
  assert.is(item.run, run);
});

test('whom the contract names for a material has to have signed it, whichever way it comes', async () => {
  const run = await openWith('named', 'named');
  const by = { method: 'PUT', token: tokens.named ?? '' } as const;
  const path = `/v1/namespaces/shop/runs/${run}`;
  const made = (who: typeof key) =>
    signedEnvelope(provenance({ of: sha256('named'), buildType: 'https://builder.example/v1' }), who);
  const problem = await shop.http.refused('material-not-signed', `${path}/materials/provenance`, {
    ...by,
    body: made(stranger),
  });
  assert.match(problem.errors?.[0]?.message ?? '', /a signature by the key/);
  const other = signedEnvelope(provenance({ of: sha256('other'), buildType: 'https://builder.example/v1' }), key);
  await shop.http.refused('material-not-signed', `${path}/materials/provenance`, { ...by, body: made(key) + other });
  const bound = await upload(made(stranger), { at: path, token: by.token });
  assert.match((await asideFor(bound, 'Refused')).message ?? '', /^material-not-signed: /);
  await asideFor(await upload(signedEnvelope(collection(sha256('named')), key)), 'NoMaterial');
  assert.is(await materialOf(run, 'provenance'), undefined);
  const good = made(key);
  const item = await became(await upload(good), 'matched');
  assert.equal([item.run, item.material], [run, 'provenance']);
  const again = await shop.http.call(`${path}/materials/provenance`, { ...by, body: good });
  assert.equal([again.status, again.json<MaterialMessage>().material.signers?.length], [200, 1], again.body.toString());
});

test('provenance belongs to the pipeline that it states, whatever it says it is about', async () => {
  const job = jobReference('builder');
  const pod = await tokenOfPod(shop, { name: 'builder', serviceAccount: 'proviso-build', ownerReferences: [job] });
  const put = await shop.http.call(`${IN_SHOP}/materials/app`, { method: 'PUT', token: pod, body: 'image' });
  assert.is(put.status, 200, put.body.toString());
  const [run] = (await shop.runs()).filter(({ spec }) => spec.identity.owner?.uid === job.uid);
  const of = sha256('image');
  // Signed by the same Chains, for a task of another namespace that claims to have built this image.
  const foreign = signedEnvelope(provenance({ of, invocation: crypto.randomUUID() }), key);
  await asideFor(await upload(foreign), 'NoRun');
  await asideFor(await upload(signedEnvelope(provenance({ of }), key)), 'NoInvocation');
  const own = signedEnvelope(provenance({ of: digest('9'), invocation: job.uid }), key);
  await asideFor(await upload(own, { at: '/v1/namespaces/bank/workflows/build' }), 'NoRun');
  assert.is(await materialOf(run?.metadata.name ?? '', 'provenance'), undefined);
  const mine = signedEnvelope(provenance({ of, invocation: job.uid }), key);
  const item = await became(await upload(mine, { at: IN_SHOP }), 'matched');
  assert.equal([item.run, item.material], [run?.metadata.name, 'provenance']);
  // The pod itself may hand in what it likes, as it may with a PUT.
  const unsigned = signedEnvelope(collection(of), stranger);
  const bound = await became(await upload(unsigned, { at: IN_SHOP, token: pod }), 'matched');
  assert.equal([bound.run, bound.material], [run?.metadata.name, 'collection']);
  assert.equal([(await itemOf(gitoidOf(Buffer.from(foreign))))?.reason], ['NoRun']);
  assert.is((await materialOf(bound.run ?? '', 'collection'))?.addedBy, 'system:serviceaccount:shop:proviso-build');
});

test('nothing gets into a run that is over', async () => {
  const run = await openWith('finished');
  const path = `/v1/namespaces/shop/runs/${run}`;
  const cancelled = await shop.http.call(`${path}/cancel`, {
    method: 'POST',
    token,
    body: { trigger: 'cancellation' },
  });
  assert.is(cancelled.status, 200);
  const body = signedEnvelope(collection(sha256('finished')), key);
  const gitoid = await upload(body);
  await eventually('it to be kept aside', async () => (await itemOf(gitoid))?.state === 'aside');
  // By which of the two depends on whether the watch has it already.
  assert.match((await itemOf(gitoid))?.reason ?? '', /^(NoRun|RunFinished)$/);
  assert.is(await materialOf(run, 'collection'), undefined);
  await shop.http.refused('run-finished', `${path}/upload`, { method: 'POST', token, body });
});

/** A PipelineRun with one TaskRun, the pod of which has handed in this app. */
async function startTekton(name: string, app: string) {
  const { pipelineRun, taskRun } = await startTaskRun(shop, name);
  const ownerReferences = [controllerReference(taskRun)];
  const pod = await tokenOfPod(shop, { name: `${name}-pod`, serviceAccount: 'proviso-build', ownerReferences });
  const put = await shop.http.call(`${IN_SHOP}/materials/app`, { method: 'PUT', token: pod, body: app });
  assert.is(put.status, 200, put.body.toString());
  const [run] = (await shop.runs()).filter(({ spec }) => spec.identity.owner?.uid === pipelineRun.metadata.uid);
  return { task: taskRun.metadata, run: run?.metadata.name ?? '' };
}

test('provenance of a task belongs to the run of its pipeline, posted or left in its annotations', async () => {
  const crds = (await Promise.all([pipelineRunCrd(), taskRunCrd()])).map((file) => `-f ${file}`).join(' ');
  await shop.kubectl(`create ${crds}`);
  await shop.kubectl(`wait --for=condition=Established --timeout=30s ${crds}`);
  const of = sha256('from Tekton');
  const posting = await startTekton('posting', 'from Tekton');
  const annotating = await startTekton('annotating', 'from Tekton');
  // Both runs have the same image; whose provenance it is, the uid of the task says.
  const posted = signedEnvelope(provenance({ of, invocation: posting.task.uid ?? '' }), key);
  const item = await became(await upload(posted), 'matched');
  assert.equal([item.run, item.origin], [posting.run, 'post']);
  const annotate = ({ uid, name }: ObjectMeta, envelope: string) => {
    const signature = `chains.tekton.dev/signature-taskrun-${uid}=${Buffer.from(envelope).toString('base64')}`;
    return shop.kubectl(`annotate taskrun.tekton.dev -n shop ${name} chains.tekton.dev/signed=true ${signature}`);
  };
  const own = signedEnvelope(provenance({ of: digest('8'), invocation: annotating.task.uid ?? '' }), key);
  await annotate(annotating.task, own);
  const material = await eventually('the provenance of the task', () => materialOf(annotating.run, 'provenance'));
  assert.is(material.digest, sha256(own));
  const found = await became(gitoidOf(Buffer.from(own)), 'matched');
  assert.equal([found.origin, found.run], ['chains', annotating.run]);
  // What Chains signed for another task, and somebody copied there, is about nothing of the run.
  const copying = await startTekton('copying', 'another');
  const copied = signedEnvelope(provenance({ of }), key);
  await annotate(copying.task, copied);
  await asideFor(gitoidOf(Buffer.from(copied)), 'NoRun');
});

test('the command line says what came in, what waits, and why', async () => {
  const env = { PROVISO_DIR: await mountSecret(shop, 'build'), PROVISO_TOKEN: auditor };
  const { code, out, err } = await runHere(dir, 'intake --all --limit 3', env);
  assert.is(code, 0, err);
  assert.match(out, /^STATE +REASON +COUNT +KEPT\naside +\w+ +\d+ +\d/);
  assert.match(out, /\nmatched +- +\d+ +0 B\n/);
  assert.match(out, /\nGITOID +RECEIVED +STATE +REASON +RUN +PREDICATE +MESSAGE\n[0-9a-f]{12} +\d{4}-/);
  assert.match(out, /These are the newest 3 of \d+; --limit shows more/);
  const nothing = await runHere(dir, 'intake -n kube-system', env);
  assert.match(nothing.out, /nothing came in for kube-system; what belongs to no namespace yet is shown with --all/);
});

test('what was acknowledged before the receiver was killed is judged after it', async () => {
  const lease = 'lease -n proviso-system proviso-intake';
  const held = {
    holderIdentity: 'test',
    leaseDurationSeconds: 3600,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  };
  await shop.kubectl(`patch ${lease} --type=merge -p ${JSON.stringify({ spec: held })}`);
  // Started anew it finds that another one judges.
  await shop.stack.killAndRestart('receiver');
  const run = await openWith('killed');
  const gitoid = await upload(signedEnvelope(collection(sha256('killed')), key));
  await shop.stack.killAndRestart('receiver');
  assert.is((await itemOf(gitoid))?.state, 'received');
  await shop.kubectl(`delete ${lease}`);
  assert.is((await became(gitoid, 'matched')).run, run);
});

test.run();
