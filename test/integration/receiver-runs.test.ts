// deadline: 180
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { request } from 'node:https';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertificateMessage, MaterialMessage, RunListMessage, RunMessage } from '../../src/api/messages.ts';
import { readGitHead } from '../../src/cli/detect/git-head.ts';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { eventually } from '../support/eventually.ts';
import { createRepository } from '../support/git.ts';
import { manifest } from '../support/manifest.ts';
import { tokenOfPod } from '../support/pods.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'wide', {
    materials: [
      { name: 'image', type: 'CONTAINER_IMAGE', output: true },
      { name: 'note', type: 'STRING', optional: true, annotations: [{ name: 'suite' }] },
    ],
    annotations: [{ name: 'criticality', value: 'high' }],
    envAllowList: ['GIT_BRANCH'],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Contract', 'open', {}),
  manifest('Contract', 'tekton', { runner: { type: 'TEKTON_PIPELINE' } }),
  manifest('Contract', 'proven', { runner: { type: 'KUBERNETES_JOB', proven: true } }),
  manifest('Workflow', 'nightly', { contractRef: { name: 'proven' } }),
  manifest('Workflow', 'build', { contractRef: { name: 'wide' } }),
  manifest('Workflow', 'free', { contractRef: { name: 'open' } }),
  manifest('Workflow', 'piped', { contractRef: { name: 'tekton' } }),
].join('\n---\n');
const IMAGE = `registry.example.com/shop/web:1.2@sha256:${'ab'.repeat(32)}`;

let shop: Shop;
let token: string;
let free: string;
const test = suite('receiver runs');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
  free = await shop.tokenOf('free');
});
test.after(() => shop?.stop());

const environment = { GIT_BRANCH: 'main', SECRET: 'not to be recorded' };
async function open(body: object, as = token): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token: as, body });
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;

test('a signed commit is recorded with its signature, and stated', async () => {
  const repository = createRepository();
  try {
    const key = join(repository.env.HOME ?? '', 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const signing = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}.pub`];
    repository.git(...signing, 'commit', '--quiet', '--allow-empty', '--gpg-sign', '-m', 'signed');
    const commit = await readGitHead(repository.directory, repository.env);
    const run = await open({ workflow: 'build', environment, commit });
    const recorded = (await shop.run(run.run)).spec.commit;
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', key], { encoding: 'utf8' }).split(' ');
    const { armored, ...signature } = recorded?.signature ?? { format: 'UNKNOWN' };
    assert.equal(signature, { format: 'SSH', fingerprint, keyProven: true });
    const statement = await shop.http.call(pathOf(run, '/statement'), { token });
    const { subject } = statement.json<{ subject: { name: string; digest: object; annotations: object }[] }>();
    assert.equal(subject[1], {
      name: 'git.head',
      digest: { sha1: commit?.sha },
      annotations: {
        'author.name': 'Ä. Person',
        'author.email': 'a@example.com',
        date: recorded?.date,
        message: 'signed',
        remotes: [],
        proven: true,
        signature: armored,
        'signature.algorithm': 'SSH',
        'signature.fingerprint': fingerprint,
        'signature.keyProven': true,
      },
    });
    assert.ok(repository.commitObject().includes(armored?.split('\n')[1] ?? 'nothing'));
  } finally {
    repository.remove();
  }
});

test('a run with a reference, a text, annotations and variables, signed with a key', async () => {
  const commit = { sha: 'c'.repeat(40), author: 'A Person' };
  const run = await open({ workflow: 'build', environment, commit });
  const image = await shop.http.call(pathOf(run, '/materials/image?form=reference'), {
    method: 'PUT',
    token,
    body: IMAGE,
  });
  assert.is(image.json<MaterialMessage>().material.digest, `sha256:${'ab'.repeat(32)}`);
  await shop.http.refused('material-annotation', pathOf(run, '/materials/note'), {
    method: 'PUT',
    token,
    body: 'hello',
  });
  const note = await shop.http.call(pathOf(run, '/materials/note?annotation=suite=unit'), {
    method: 'PUT',
    token,
    body: 'hello',
  });
  assert.is(note.json<MaterialMessage>().material.value, 'hello');
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const rendered = statement.json<{
    subject: { name: string; digest: object }[];
    predicate: Record<string, unknown>;
  }>();
  assert.equal(
    rendered.subject.map(({ name }) => name),
    ['chainloop.workflow.build', 'git.head', 'registry.example.com/shop/web'],
  );
  assert.equal(rendered.predicate.env, { GIT_BRANCH: 'main' });
  assert.equal(rendered.predicate.annotations, { criticality: 'high' });
  const bundle = signedBundle(statement.body, key);
  const pushed = await shop.http.call(pathOf(run, '/attestation'), { method: 'POST', token, body: bundle });
  assert.is(pushed.status, 200, pushed.body.toString());
  const { attestation } = pushed.json<RunMessage>();
  assert.is(attestation?.digest, `sha256:${createHash('sha256').update(bundle).digest('hex')}`);
  const back = await eventually('the attestation in the index of the watch', async () => {
    const answer = await shop.http.call(`/v1/evidence/${attestation?.digest}`, { token });
    return answer.status === 200 ? answer : undefined;
  });
  assert.equal(back.body, Buffer.from(bundle));
  const part = await shop.http.call(`/v1/evidence/${attestation?.digest}`, { token, headers: { range: 'bytes=1-3' } });
  assert.is(part.status, 206);
  assert.equal(part.body, Buffer.from(bundle).subarray(1, 4));
  await shop.http.refused('range-invalid', `/v1/evidence/${attestation?.digest}`, {
    token,
    headers: { range: 'bytes=999999-' },
  });
});

test('kubectl waits for the verdict and shows it', async () => {
  const run = await open({ workflow: 'free' }, free);
  const wait = shop.kubectl(`wait -n shop --for=condition=Succeeded --timeout=20s workflowrun/${run.run}`);
  await signAsService(run);
  assert.match(await wait, /condition met/);
  const line = await shop.kubectl(`get workflowruns -n shop ${run.run} --no-headers`);
  assert.match(line, new RegExp(`^${run.run}\\s+free\\s+True\\s+Accepted\\s+0/0\\s+shop/proviso-free\\s`));
  const byField = await shop.kubectl(
    'get workflowruns -n shop --field-selector spec.workflowRef.name=free --no-headers',
  );
  assert.ok(byField.includes(run.run));
  await eventually('an event in kubectl describe', async () =>
    /Normal\s+Accepted.*signed by shop\/proviso-free/.test(
      await shop.kubectl(`describe workflowrun -n shop ${run.run}`),
    ),
  );
});

/** As the CLI does without a key: a certificate of the cluster's authority for the identity of the token. */
async function signAsService(run: RunMessage, as = free): Promise<{ code: string | undefined }> {
  const { key: own, csr } = await createSigningRequest();
  const issued = await shop.http.call('/v1/signing/certificate', { method: 'POST', token: as, body: { csr } });
  const [leaf = ''] = issued.json<CertificateMessage>().certificateChain;
  const statement = await shop.http.call(pathOf(run, '/statement'), { token: free });
  const body = signWithCertificate(own, leaf, statement.body);
  const answer = await shop.http.call(pathOf(run, '/attestation'), { method: 'POST', token: free, body });
  return answer.json<{ code: string | undefined }>();
}

test('a certificate of another identity signs nothing here', async () => {
  const run = await open({ workflow: 'free' }, free);
  assert.is((await signAsService(run, token)).code, 'signer-not-allowed');
  assert.is((await signAsService(run)).code, undefined);
});

test('32 clients add 32 materials at once and none is lost', async () => {
  const run = await open({ workflow: 'free' }, free);
  const names = Array.from({ length: 32 }, (_, index) => `part-${index}`);
  const answers = await Promise.all(
    names.map((name) =>
      shop.http.call(pathOf(run, `/materials/${name}?type=ARTIFACT`), {
        method: 'PUT',
        token: free,
        body: `bytes of ${name}`,
      }),
    ),
  );
  assert.equal(
    answers.map(({ status }) => status),
    names.map(() => 200),
  );
  const { status } = await shop.run(run.run);
  assert.equal(status?.materials?.map(({ name }) => name).sort(), names.sort());
  for (const { name, digest } of status?.materials ?? []) {
    assert.is(digest, `sha256:${createHash('sha256').update(`bytes of ${name}`).digest('hex')}`);
  }
});

test('the same key finds the same run, another identity with that key does not', async () => {
  const first = await open({ workflow: 'free', idempotencyKey: 'ci-42' }, free);
  const again = await open({ workflow: 'free', idempotencyKey: 'ci-42' }, free);
  assert.is(again.uid, first.uid);
  await shop.kubectl('create serviceaccount guest -n shop');
  await shop.kubectl('create rolebinding guest -n shop --role=proviso-free --serviceaccount=shop:guest');
  const guest = await shop.stack.controlPlane.serviceAccountToken('shop', 'guest', { audience: 'proviso' });
  const other = await open({ workflow: 'free', idempotencyKey: 'ci-42' }, guest);
  assert.is.not(other.uid, first.uid);
  await shop.http.refused('run-forbidden', pathOf(first, '/materials/x'), { method: 'PUT', token: guest, body: 'x' });
});

test('pods of one pipeline share a run, others and bare tokens stay out', async () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly', uid: crypto.randomUUID(), controller: true };
  const pods = await Promise.all(['a', 'b'].map((name) => podToken(`task-${name}`, [job])));
  const runs = await Promise.all(pods.map((pod) => open({ workflow: 'free', runner: { type: 'GITHUB_ACTION' } }, pod)));
  assert.is(runs[0]?.uid, runs[1]?.uid);
  const run = some(runs[0]);
  const { spec } = await shop.run(run.run);
  assert.is(spec.identity.owner?.uid, job.uid);
  assert.equal([spec.runner.type, spec.runner.authenticated], ['KUBERNETES_JOB', true]);
  const stranger = await podToken('task-c', [{ ...job, uid: crypto.randomUUID() }]);
  for (const outsider of [stranger, free]) {
    const sending = { method: 'PUT', token: outsider, body: 'x' };
    await shop.http.refused('run-forbidden', pathOf(run, '/materials/x'), sending);
  }
  await shop.kubectl('delete pod -n shop task-b --grace-period=0 --force');
  const gone = { method: 'PUT', token: pods[1] ?? '', body: 'x' };
  const path = pathOf(run, '/materials/x');
  await eventually('the refusal of the deleted pod', async () => {
    const answer = await shop.http.call(path, gone);
    return ['pod-gone', 'token-rejected'].includes(answer.json<{ code: string }>().code);
  });
});

const podToken = (name: string, ownerReferences: readonly object[]): Promise<string> =>
  tokenOfPod(shop, { name, ownerReferences, serviceAccount: 'proviso-free' });

test('attack: what a pipeline only says of its runner is no proof where the contract asks for one', async () => {
  const said = { workflow: 'nightly', runner: { type: 'KUBERNETES_JOB' } };
  const bare = await shop.tokenOf('nightly');
  const refusal = await shop.http.refused('runner-mismatch', '/v1/runs', { method: 'POST', token: bare, body: said });
  assert.match(refusal.detail, /is only said/);
  const serviceAccount = 'proviso-nightly';
  const alone = await tokenOfPod(shop, { name: 'alone', ownerReferences: [], serviceAccount });
  await shop.http.refused('runner-mismatch', '/v1/runs', { method: 'POST', token: alone, body: said });
  const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly', uid: crypto.randomUUID(), controller: true };
  const pod = await tokenOfPod(shop, { name: 'nightly-1', ownerReferences: [job], serviceAccount });
  assert.is((await open({ workflow: 'nightly' }, pod)).runnerProven, true);
});

test('a contract holds the run to its runner and its variables', async () => {
  const piped = await shop.tokenOf('piped');
  await shop.http.refused('runner-mismatch', '/v1/runs', { method: 'POST', token: piped, body: { workflow: 'piped' } });
  const problem = await shop.http.refused('env-missing', '/v1/runs', {
    method: 'POST',
    token,
    body: { workflow: 'build' },
  });
  assert.equal(
    problem.errors?.map(({ at }) => at),
    ['/environment/GIT_BRANCH'],
  );
  const before = (await shop.runs()).length;
  const dry = await open({ workflow: 'build', environment, dryRun: true });
  assert.is(dry.contract.name, 'wide');
  assert.is((await shop.runs()).length, before);
});

test('a client that goes away in the middle leaves nothing', async () => {
  const run = await open({ workflow: 'free' }, free);
  const before = await shop.stored();
  const ca = await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${free}`, 'content-length': '1000000' };
    const sent = request(new URL(pathOf(run, '/materials/x?type=ARTIFACT'), shop.stack.endpoint), {
      method: 'PUT',
      ca,
      headers,
    });
    sent.on('error', () => resolve());
    sent.write('x'.repeat(200_000), () => setTimeout(() => sent.destroy(), 200));
    sent.on('close', () => resolve());
  });
  await eventually('an empty staging directory', async () => (await shop.stored()).staging.length === 0);
  assert.equal([...(await shop.stored()).blobs].sort(), [...before.blobs].sort());
  assert.equal((await shop.run(run.run)).status?.materials ?? [], []);
});

test('runs are listed for who may see them', async () => {
  const answer = await shop.http.call('/v1/namespaces/shop/runs?workflow=free&limit=3', { token: free });
  const { items } = answer.json<RunListMessage>();
  assert.is(items.length, 3);
  assert.ok(items.every(({ workflow }) => workflow === 'free'));
  await shop.http.refused('read-forbidden', '/v1/namespaces/shop/runs', { token: free });
  await shop.http.refused('read-forbidden', '/v1/namespaces/kube-system/runs?workflow=free', { token: free });
});

test('evidence is stored for a workflow and seen only through a run', async () => {
  const bytes = 'evidence that no run refers to';
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await shop.http.refused('submit-forbidden', `/v1/evidence/${digest}?workflow=build`, {
    method: 'PUT',
    token: free,
    body: bytes,
  });
  const stored = await shop.http.call(`/v1/evidence/${digest}?workflow=free`, {
    method: 'PUT',
    token: free,
    body: bytes,
  });
  assert.is(stored.status, 201);
  assert.ok((await shop.stored()).blobs.includes(digest.slice(7)));
  await shop.http.refused('evidence-not-found', `/v1/evidence/${digest}`, { token: free });
});

test('a cancelled run is over', async () => {
  const run = await open({ workflow: 'free' }, free);
  const cancel = { method: 'POST', token: free, body: { trigger: 'cancellation', reason: 'superseded' } };
  const answer = await shop.http.call(pathOf(run, '/cancel'), cancel);
  assert.equal([answer.json<RunMessage>().reason, answer.json<RunMessage>().message], ['Cancelled', 'superseded']);
  await shop.http.refused('run-finished', pathOf(run, '/materials/x'), { method: 'PUT', token: free, body: 'x' });
});

test.run();
