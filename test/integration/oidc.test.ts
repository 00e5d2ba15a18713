// deadline: 180
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReferrersMessage, RunListMessage, RunMessage } from '../../src/api/messages.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { type IssuerKey, json, signText, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
let github: TestIssuer;
let generic: TestIssuer;
let strange: TestIssuer;
let shop: Shop;
let work: string;
const test = suite('receiver, submitters from outside');

const GITHUB = {
  repository: 'o/r',
  repository_id: '1296269',
  run_id: '4711',
  run_attempt: '1',
  ref: 'refs/heads/main',
  sha: 'f'.repeat(40),
  workflow_ref: 'o/r/.github/workflows/release.yml@refs/heads/main',
};
const oidc = (issuer: TestIssuer, claims: object) => ({ oidc: { issuer: issuer.url, audience: 'proviso', claims } });

function manifests(): string {
  const main = { repository: 'o/r', ref: 'refs/heads/main' };
  const proto = JSON.parse('{"__proto__":"x","constructor":"y"}') as object;
  return [
    manifest('Contract', 'release', {
      materials: [{ name: 'package', type: 'ARTIFACT', output: true }],
      signers: [{ key: { inline: key.publicPem } }],
      runner: { type: 'GITHUB_ACTION' },
    }),
    manifest('Contract', 'open', {}),
    manifest('Contract', 'keyed', { signers: [{ key: { inline: key.publicPem } }] }),
    manifest('Workflow', 'build', { contractRef: { name: 'release' }, submitters: [oidc(github, main)] }),
    manifest('Workflow', 'shared', {
      contractRef: { name: 'keyed' },
      submitters: [
        oidc(github, { repository: 'o/r' }),
        oidc(github, { repository: 'o/x' }),
        oidc(generic, { team: 'payments' }),
      ],
    }),
    manifest('Workflow', 'prototype', { contractRef: { name: 'keyed' }, submitters: [oidc(generic, proto)] }),
    manifest('Contract', 'signers-come-and-go', {}),
    manifest('Workflow', 'unsigned', {
      contractRef: { name: 'signers-come-and-go' },
      submitters: [oidc(github, main)],
    }),
    manifest('Workflow', 'inside', { contractRef: { name: 'open' } }),
  ].join('\n---\n');
}

test.before(async () => {
  [github, generic, strange] = await Promise.all([startIssuer('github'), startIssuer(), startIssuer()]);
  work = await mkdtemp(join(tmpdir(), 'proviso-oidc-'));
  await writeFile(join(work, 'github.crt'), github.ca);
  await writeFile(join(work, 'generic.crt'), generic.ca);
  await writeFile(
    join(work, 'issuers.yaml'),
    `- {issuer: "${github.url}", ca: github.crt, provider: github}\n- {issuer: "${generic.url}", ca: generic.crt}\n`,
  );
  shop = await openShop(manifests(), { oidcIssuers: join(work, 'issuers.yaml') });
  for (const name of ['build', 'shared', 'prototype', 'inside', 'unsigned']) await shop.tokenOf(name);
});
test.after(async () => {
  await shop?.stop();
  await Promise.all([github, generic, strange].map((each) => each?.stop()));
  await rm(work, { recursive: true, force: true });
});

const init = (token: string, workflow: string, body: object = {}) => ({
  method: 'POST',
  token,
  body: { workflow, namespace: 'shop', runner: { type: 'GITHUB_ACTION' }, ...body },
});
async function open(token: string, workflow = 'shared', body: object = {}): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', init(token, workflow, body));
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const put = (token: string) => ({ method: 'PUT', token, body: 'x' });

test('from init to push with a key, as a job of GitHub Actions does it', async () => {
  await writeFile(join(work, 'package.tgz'), 'a package');
  await writeFile(join(work, 'key.pem'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(work, 'ca.crt'), await shop.kubectl(TRUST));
  const token = await github.token(GITHUB);
  github.handlers.set('/idtoken?api-version=2.0&audience=proviso', json({ value: token }));
  const env = {
    PATH: process.env.PATH ?? '',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '4711',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/idtoken?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    NODE_EXTRA_CA_CERTS: join(work, 'github.crt'),
    PROVISO_ENDPOINT: shop.stack.endpoint,
    PROVISO_CA_FILE: join(work, 'ca.crt'),
    PROVISO_WORKFLOW: 'build',
    PROVISO_NAMESPACE: 'shop',
  };
  const proviso = (args: string) =>
    new Promise<string>((resolve) => {
      execFile(process.execPath, [MAIN, ...args.split(' ')], { cwd: work, env }, (_error, out, err) =>
        resolve(out + err),
      );
    });
  assert.match(await proviso('init'), /package\s+ARTIFACT\s+required, output\s+missing/);
  assert.match(await proviso('add package package.tgz'), /1\/1/);
  assert.match(
    await proviso('push'),
    /submit-forbidden[\s\S]*--key FILE/,
    'no certificate of the cluster for a stranger',
  );
  assert.match(await proviso('push --key key.pem'), /passed, Accepted/);
  assert.match(await proviso('verify'), /Verified/);
  const [run] = (await shop.runs()).filter(({ spec }) => spec.workflowRef.name === 'build');
  const { identity, runner } = run?.spec ?? {};
  assert.equal(identity, {
    username: `oidc:${github.url}#repo:o/r:ref:refs/heads/main`,
    issuer: github.url,
    subject: 'repo:o/r:ref:refs/heads/main',
    pipeline: 'github:1296269/4711',
    claims: GITHUB,
  });
  assert.equal([runner?.type, runner?.authenticated], ['GITHUB_ACTION', true]);
  assert.is(run?.status?.materials?.[0]?.addedBy, identity?.username);
});

const TRUST = 'get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}';

test('a runner that no token vouches for stays a claim', async () => {
  const run = await open(await generic.token({ team: 'payments' }), 'shared');
  const { spec } = await shop.run(run.run);
  assert.equal(spec.runner, { type: 'GITHUB_ACTION', authenticated: false });
  assert.equal([spec.identity.pipeline, spec.identity.claims], [undefined, { team: 'payments' }]);
});

test('attack: the token of another repository, which learns neither what is asked for nor what exists', async () => {
  const before = (await shop.runs()).length;
  const other = await github.token({ ...GITHUB, repository: 'o/other', repository_id: '9', ref: 'refs/heads/x' });
  const existing = await shop.http.refused('submit-forbidden', '/v1/runs', init(other, 'build'));
  const missing = await shop.http.refused('submit-forbidden', '/v1/runs', init(other, 'nothing'));
  assert.is(JSON.stringify(existing).replaceAll('build', 'X'), JSON.stringify(missing).replaceAll('nothing', 'X'));
  assert.not.match(JSON.stringify(existing), /o\/r'/);
  await shop.http.refused('submit-forbidden', '/v1/runs', init(other, 'inside'));
  const put = { method: 'PUT', token: other, body: 'x' };
  await shop.http.refused(
    'submit-forbidden',
    `/v1/evidence/sha256:${'0'.repeat(64)}?workflow=build&namespace=shop`,
    put,
  );
  assert.is((await shop.runs()).length, before);
});

test('a token that is nearly right is told which claims differ, and not what is asked for', async () => {
  const branch = await github.token({ ...GITHUB, ref: 'refs/heads/fix', sub: 'repo:o/r:ref:refs/heads/fix' });
  const problem = await shop.http.refused('submit-forbidden', '/v1/runs', init(branch, 'build'));
  assert.equal(
    problem.errors?.map(({ at }) => at),
    ['claims.ref'],
  );
  assert.match(problem.errors?.[0]?.message ?? '', /'refs\/heads\/fix'/);
  assert.not.match(JSON.stringify(problem), /refs\/heads\/main/);
});

test('attack: claims that are lists, missing, or of the prototype', async () => {
  const list = await github.token({ ...GITHUB, repository: ['o/r'] });
  assert.match(
    (await shop.http.refused('submit-forbidden', '/v1/runs', init(list, 'build'))).errors?.[0]?.message ?? '',
    /matches nothing/,
  );
  const { repository: _, ...without } = GITHUB;
  const absent = await github.token(without);
  assert.match(
    (await shop.http.refused('submit-forbidden', '/v1/runs', init(absent, 'build'))).errors?.[0]?.message ?? '',
    /no such claim/,
  );
  await shop.http.refused('submit-forbidden', '/v1/runs', init(await generic.token(), 'prototype'));
  const own = JSON.parse('{"__proto__":"x","constructor":"y"}') as object;
  const time = Math.floor(Date.now() / 1000);
  const claims = { iss: generic.url, sub: 's', aud: 'proviso', iat: time, exp: time + 60, constructor: 'y' };
  const text = JSON.stringify(claims).replace('{', '{"__proto__":"x",');
  const run = await open(await signText(text, generic.keys[0] as IssuerKey), 'prototype');
  assert.is(JSON.stringify((await shop.run(run.run)).spec.identity.claims), JSON.stringify(own));
});

test('attack: issuers that are not allowed, or only look like one that is', async () => {
  await shop.http.refused('token-rejected', '/v1/runs', init(await strange.token(GITHUB), 'build'));
  for (const iss of [`${github.url}/`, github.url.replace('https', 'HTTPS'), github.url.replace('1', '\u0661')]) {
    const token = await github.token({ ...GITHUB, iss });
    const problem = await shop.http.refused('token-rejected', '/v1/runs', init(token, 'build'));
    assert.match(problem.hint ?? '', /no OIDC issuer that this installation allows/);
  }
  const borrowed = await strange.token({ ...GITHUB, iss: github.url });
  await shop.http.refused('token-rejected', '/v1/runs', init(borrowed, 'build'));
  const crossed = await generic.token({ ...GITHUB, iss: github.url });
  await shop.http.refused('token-rejected', '/v1/runs', init(crossed, 'build'));
  await shop.http.refused('submit-forbidden', '/v1/runs', init(await generic.token(GITHUB), 'build'));
});

test('attack: a service account of the cluster claimed by an issuer, and the other way round', async () => {
  const claims = {
    sub: 'system:serviceaccount:shop:proviso-inside',
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'proviso-inside', uid: 'x' } },
  };
  await shop.http.refused('submit-forbidden', '/v1/runs', init(await github.token(claims), 'inside'));
  const iss = 'https://kubernetes.default.svc';
  await shop.http.refused('token-rejected', '/v1/runs', init(await github.token({ ...claims, iss }), 'inside'));
  // A real token, told to be of the issuer: its signature is the API server's.
  const [head, payload = '', signature] = (await shop.tokenOf('inside')).split('.');
  const changed = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), iss: github.url };
  const forged = [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  await shop.http.refused('token-rejected', '/v1/runs', init(forged, 'inside'));
  await open(await shop.tokenOf('inside'), 'inside');
});

test('attack: wrong audience, expired, unsigned: refused on the wire', async () => {
  const expired = Math.floor(Date.now() / 1000) - 10;
  await shop.http.refused('token-audience', '/v1/runs', init(await github.token({ ...GITHUB, aud: 'other' }), 'build'));
  await shop.http.refused('token-expired', '/v1/runs', init(await github.token({ ...GITHUB, exp: expired }), 'build'));
  const [, payload] = (await github.token(GITHUB)).split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.AA`;
  await shop.http.refused('token-rejected', '/v1/runs', init(none, 'build'));
});

test('jobs of one run of GitHub share a run by its key, whatever their subjects are', async () => {
  const body = { idempotencyKey: '4711-1' };
  const first = await open(await github.token(GITHUB), 'shared', body);
  const environment = { ...GITHUB, sub: 'repo:o/r:environment:prod', environment: 'prod' };
  const second = await github.token(environment);
  assert.is((await open(second, 'shared', body)).uid, first.uid);
  assert.is((await shop.http.call(pathOf(first, '/materials/x'), put(second))).status, 200);
});

async function referrersOf(digest: string, token: string): Promise<readonly string[]> {
  const answer = await shop.http.call(`/v1/referrers/${digest}`, { token });
  return answer.json<ReferrersMessage>().items.map(({ run }) => run);
}

test('attack: the run of one identity, approached by others who may submit to the workflow', async () => {
  const body = { idempotencyKey: 'shared-key' };
  const run = await open(await github.token(GITHUB), 'shared', body);
  assert.is((await shop.http.call(pathOf(run, '/materials/mine'), put(await github.token(GITHUB)))).status, 200);
  const digest = (await shop.run(run.run)).status?.materials?.[0]?.digest ?? '';
  const inside = await shop.tokenOf('shared');
  const others = {
    'another repository': await github.token({ ...GITHUB, repository: 'o/x', repository_id: '7' }),
    'another repository with the same run id and subject': await github.token({ ...GITHUB, repository_id: '7' }),
    'another run of the same repository and subject': await github.token({ ...GITHUB, run_id: '4712' }),
    'no run at all, same subject': await github.token({ repository: 'o/r' }),
    'another issuer with the same claims': await generic.token({ ...GITHUB, team: 'payments' }),
  };
  for (const [who, token] of Object.entries(others)) {
    assert.is.not((await open(token, 'shared', body)).uid, run.uid, who);
    await shop.http.refused('run-forbidden', pathOf(run, '/materials/x'), put(token));
    await shop.http.refused('run-forbidden', pathOf(run, '/statement'), { token });
    await shop.http.refused('run-forbidden', pathOf(run, '/attestation'), { method: 'POST', token, body: '{}' });
    const cancel = { method: 'POST', token, body: { trigger: 'cancellation' } };
    const problem = await shop.http.refused('run-forbidden', pathOf(run, '/cancel'), cancel);
    assert.not.match(problem.detail, /4711/);
    await shop.http.refused('run-not-found', pathOf(run), { token });
    await shop.http.refused('evidence-not-found', `/v1/evidence/${digest}`, { token });
    assert.not.ok((await referrersOf(digest, token)).includes(run.run), who);
    const list = await shop.http.call('/v1/namespaces/shop/runs?workflow=shared&limit=500', { token });
    assert.not.ok(
      list.json<RunListMessage>().items.some((each) => each.run === run.run),
      who,
    );
    await shop.http.refused('read-forbidden', '/v1/namespaces/shop/runs', { token });
  }
  await shop.http.refused('run-forbidden', pathOf(run, '/materials/x'), put(inside));
  const own = await github.token(GITHUB);
  assert.is((await shop.http.call(`/v1/evidence/${digest}`, { token: own })).status, 200);
  assert.ok((await referrersOf(digest, own)).includes(run.run));
  const list = await shop.http.call('/v1/namespaces/shop/runs?workflow=shared', { token: own });
  assert.ok(list.json<RunListMessage>().items.some((each) => each.run === run.run));
  const byHand = await open(inside, 'shared', body);
  assert.is.not(byHand.uid, run.uid);
  await shop.http.refused('run-forbidden', pathOf(byHand, '/materials/x'), put(own));
});

test('attack: a certificate of the cluster for somebody from outside', async () => {
  const { csr } = await createSigningRequest();
  const sending = { method: 'POST', token: await github.token(GITHUB), body: { csr } };
  const problem = await shop.http.refused('submit-forbidden', '/v1/signing/certificate', sending);
  assert.match(problem.hint ?? '', /--key FILE/);
});

/** Applies the contract, and waits until runs are opened by its new revision. */
async function revise(spec: object, revision: number): Promise<void> {
  await shop.kubectl('apply -n shop -f -', manifest('Contract', 'signers-come-and-go', spec));
  const path = '{.status.contract.revision}';
  await shop.kubectl(`wait -n shop --for=jsonpath=${path}=${revision} --timeout=30s workflow.proviso.dev/unsigned`);
}

test('a run that nobody could sign is not opened', async () => {
  const token = await github.token(GITHUB);
  for (const dryRun of [true, false]) {
    const problem = await shop.http.refused('nobody-signs', '/v1/runs', init(token, 'unsigned', { dryRun }));
    assert.is(problem.status, 409);
    assert.match(problem.detail, /'unsigned'.*'shop'.*'signers-come-and-go'.*service accounts.*oidc:https:/);
    assert.match(problem.hint ?? '', /spec\.signers of the contract 'signers-come-and-go'/);
  }
  assert.not.ok((await shop.runs()).some(({ spec }) => spec.workflowRef.name === 'unsigned'));
  await open(await shop.tokenOf('unsigned'), 'unsigned');

  await revise({ signers: [{ key: { inline: key.publicPem } }] }, 2);
  const job = { idempotencyKey: 'one' };
  const run = await open(token, 'unsigned', job);
  // The run goes on by the revision that it was opened with, also for the next job of it.
  await revise({}, 1);
  await shop.http.refused('nobody-signs', '/v1/runs', init(token, 'unsigned', { idempotencyKey: 'two' }));
  const again = await shop.http.call('/v1/runs', init(token, 'unsigned', job));
  assert.equal([again.status, again.json<RunMessage>().uid], [200, run.uid]);
  assert.is(again.json<RunMessage>().contract.revision, 2);
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const push = { method: 'POST', token, body: signedBundle(statement.body, key) };
  assert.is((await shop.http.call(pathOf(run, '/attestation'), push)).status, 200);
});

test('a submitter that is taken out of its workflow is out', async () => {
  const run = await open(await github.token(GITHUB), 'shared');
  const submitters = [oidc(github, { repository: 'o/gone' })];
  const patch = JSON.stringify({ spec: { submitters } });
  await shop.kubectl(`patch workflow.proviso.dev -n shop shared --type=merge -p ${patch}`);
  const token = await github.token(GITHUB);
  await eventually('the submitter to be refused', async () => {
    const answer = await shop.http.call(pathOf(run, '/materials/x'), put(token));
    return answer.status === 404 ? true : undefined;
  });
  await shop.http.refused('submit-forbidden', '/v1/runs', init(token, 'shared'));
});

test.run();
