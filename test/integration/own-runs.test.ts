// deadline: 180
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { mountSecret, runHere } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { jobReference, mountInPod, tokenOfPod } from '../support/pods.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const KEY = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'app', type: 'ARTIFACT', output: true },
      { name: 'notes', type: 'ARTIFACT' },
    ],
    runner: { type: 'KUBERNETES_JOB', proven: true },
    signers: [{ key: { inline: KEY.publicPem } }],
  }),
  manifest('Contract', 'asking', { envAllowList: ['GIT_BRANCH'] }),
  manifest('Contract', 'annotated', { annotations: [{ name: 'criticality' }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'asking', { contractRef: { name: 'asking' } }),
  manifest('Contract', 'branch', { envAllowList: ['GIT_BRANCH'] }),
  manifest('Workflow', 'branch', { contractRef: { name: 'branch' } }),
  manifest('Workflow', 'annotated', { contractRef: { name: 'annotated' } }),
].join('\n---\n');
const OWN = '/v1/namespaces/shop/workflows/build';

const FILE = new URL(import.meta.url).pathname;

let shop: Shop;
let work: string;
const test = suite('the run of a pod that names none');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  work = shop.stack.controlPlane.dir;
  for (const name of ['build', 'asking', 'annotated', 'branch']) await shop.tokenOf(name);
  await shop.kubectl('create role all -n shop --verb=submit --resource=workflows.proviso.dev');
  await shop.kubectl('create rolebinding all -n shop --role=all --serviceaccount=shop:proviso-build');
});
test.after(() => shop?.stop());

const podOfJob = (name: string, job: object): Promise<string> =>
  tokenOfPod(shop, { name, serviceAccount: 'proviso-build', ownerReferences: [job] });
const put = (token: string, name: string, body = name) =>
  shop.http.call(`${OWN}/materials/${name}`, { method: 'PUT', token, body });
const runsOf = async (owner: string) => (await shop.runs()).filter(({ spec }) => spec.identity.owner?.name === owner);

test('from the first material to the verdict, and nobody has opened the run', async () => {
  const token = await podOfJob('plain', jobReference('plain'));
  const problem = await shop.http.refused('run-not-found', `${OWN}/statement`, { token });
  assert.match(problem.hint ?? '', /hand in a material first/);
  assert.equal(await runsOf('plain'), [], 'reading opens none');
  for (const name of ['app', 'notes']) {
    const added = await put(token, name);
    assert.is(added.status, 200, added.body.toString());
    assert.is(added.json<MaterialMessage>().material.name, name);
  }
  const statement = await shop.http.call(`${OWN}/statement`, { token });
  assert.is(statement.status, 200);
  const body = signedBundle(statement.body, KEY);
  const judged = await shop.http.call(`${OWN}/attestation`, { method: 'POST', token, body });
  assert.equal([judged.status, judged.json<RunMessage>().reason], [200, 'Accepted'], judged.body.toString());
  const again = await shop.http.call(`${OWN}/attestation`, { method: 'POST', token, body });
  assert.equal([again.status, again.json<RunMessage>().uid], [200, judged.json<RunMessage>().uid]);
  const [run, ...others] = await runsOf('plain');
  assert.equal(others, []);
  assert.equal(run?.spec.runner, { type: 'KUBERNETES_JOB', authenticated: true });
  await shop.http.refused('run-finished', `${OWN}/materials/late`, { method: 'PUT', token, body: 'x' });
});

test('the first submissions of two tasks at once share one run', async () => {
  const job = jobReference('wide');
  const tokens = await Promise.all(['wide-a', 'wide-b'].map((name) => podOfJob(name, job)));
  const names = ['app', 'notes', 'c', 'd', 'e', 'f', 'g', 'h'];
  const answers = await Promise.all(names.map((name, at) => put(tokens[at % 2] ?? '', name)));
  assert.equal(
    answers.map(({ status }) => status),
    names.map(() => 200),
    answers.map(({ body }) => body.toString()).join('\n'),
  );
  const [run, ...others] = await runsOf('wide');
  assert.equal(others, []);
  assert.equal(run?.status?.materials?.map(({ name }) => name).sort(), [...names].sort());
  assert.is(run?.status?.conditions?.find(({ type }) => type === 'Succeeded')?.reason, 'Crafting');
});

test('an attestation that comes first opens the run, is refused and counted there', async () => {
  const token = await podOfJob('early', jobReference('early'));
  await shop.http.refused('attestation-malformed', `${OWN}/attestation`, { method: 'POST', token, body: '{}' });
  const [run] = await runsOf('early');
  assert.is(run?.status?.refusals?.last?.code, 'attestation-malformed');
});

test('what the contract asks of init, and nobody has said, is refused as init would', async () => {
  const token = await podOfJob('asked', jobReference('asked'));
  const sending = { method: 'PUT', token, body: 'x' };
  const { errors } = await shop.http.refused(
    'env-missing',
    '/v1/namespaces/shop/workflows/asking/materials/x',
    sending,
  );
  assert.is(errors?.[0]?.at, '/environment/GIT_BRANCH');
  await shop.http.refused('material-annotation', '/v1/namespaces/shop/workflows/annotated/materials/x', sending);
  assert.equal(await runsOf('asked'), []);
  const lone = await tokenOfPod(shop, { name: 'lone', serviceAccount: 'proviso-build' });
  const bare = { method: 'PUT', token: lone, body: 'x' };
  await shop.http.refused('runner-mismatch', `${OWN}/materials/x`, bare);
});

test('attack: tokens without a pod, pods of another namespace, and strangers open nothing and find nothing', async () => {
  const before = (await shop.runs()).length;
  const job = jobReference('victim');
  const victim = await podOfJob('victim', job);
  await put(victim, 'app');
  await shop.kubectl('create namespace ci');
  await shop.kubectl('create serviceaccount runner -n ci');
  await shop.kubectl('create rolebinding runner -n shop --role=all --serviceaccount=ci:runner');
  const elsewhere = { namespace: 'ci', serviceAccount: 'runner', ownerReferences: [job] };
  await shop.kubectl('create serviceaccount stranger -n shop');
  const cases = [
    ['pod-required', OWN, await shop.tokenOf('build')],
    ['pod-required', OWN, await tokenOfPod(shop, { name: 'foreign', ...elsewhere })],
    ['pod-required', '/v1/namespaces/ci/workflows/build', victim],
    [
      'submit-forbidden',
      OWN,
      await tokenOfPod(shop, { name: 'stranger', serviceAccount: 'stranger', ownerReferences: [job] }),
    ],
    [
      'submit-forbidden',
      OWN,
      await tokenOfPod(shop, { name: 'asker', serviceAccount: 'proviso-asking', ownerReferences: [job] }),
    ],
    ['workflow-not-found', '/v1/namespaces/shop/workflows/nowhere', victim],
    ['request-invalid', '/v1/namespaces/shop/workflows/..%2fbuild', victim],
  ] as const;
  for (const [code, path, token] of cases) {
    await shop.http.refused(code, `${path}/materials/forged`, { method: 'PUT', token, body: 'x' });
    await shop.http.refused(code, `${path}/statement`, { token });
    await shop.http.refused(code, `${path}/attestation`, { method: 'POST', token, body: '{}' });
  }
  const [run] = await runsOf('victim');
  assert.equal([run?.status?.materials?.map(({ name }) => name), run?.status?.refusals], [['app'], undefined]);
  assert.is((await shop.runs()).length, before + 1);
});

test('attack: a pod that nobody owns has a run of its own and comes by no other', async () => {
  const [one, two] = [
    await tokenOfPod(shop, { name: 'one', serviceAccount: 'proviso-asking' }),
    await tokenOfPod(shop, { name: 'two', serviceAccount: 'proviso-asking' }),
  ];
  await shop.kubectl('patch contract -n shop asking --type=merge -p {"spec":{"envAllowList":[]}}');
  await shop.kubectl(
    'wait -n shop --for=jsonpath={.status.contract.revision}=2 --timeout=30s workflow.proviso.dev/asking',
  );
  const path = '/v1/namespaces/shop/workflows/asking/materials/x';
  for (const token of [one, two])
    assert.is((await shop.http.call(path, { method: 'PUT', token, body: token })).status, 200);
  const runs = (await shop.runs()).filter(({ spec }) => spec.workflowRef.name === 'asking');
  assert.equal(
    runs.map(({ spec }) => spec.identity.owner?.kind),
    ['Pod', 'Pod'],
  );
});

const proviso = (cwd: string, args: string, dir: string, env: Readonly<Record<string, string>> = {}) =>
  runHere(cwd, args, { PROVISO_DIR: dir, ...env });
const mountOf = (name: string, workflow: string, job: object): Promise<string> =>
  mountInPod(shop, workflow, { name, serviceAccount: `proviso-${workflow}`, ownerReferences: [job] });

test('the CLI in two pods at once: each first command finds or opens the run, and says so in a line', async () => {
  const job = jobReference('typed');
  const dirs = [await mountOf('typed-a', 'build', job), await mountOf('typed-b', 'build', job)] as const;
  const cwds = [await mkdtemp(join(work, 'a-')), await mkdtemp(join(work, 'b-'))] as const;
  const outcomes = await Promise.all([
    proviso(cwds[0], `add app=${FILE} c=${FILE}`, dirs[0]),
    proviso(cwds[1], `add notes ${FILE}`, dirs[1]),
  ]);
  const [run, ...others] = await runsOf('typed');
  assert.equal(others, []);
  for (const { code, text, err } of outcomes) {
    assert.is(code, 0, text);
    assert.is(err, `found or opened shop/${run?.metadata.name}, the run of the Job typed\n`);
  }
  const again = await proviso(cwds[0], 'status -o json', dirs[0]);
  assert.equal([again.code, again.err], [0, ''], 'this pod remembers it');
  assert.equal((JSON.parse(again.out) as RunMessage).materials.map(({ name }) => name).sort(), ['app', 'c', 'notes']);
  await writeFile(join(cwds[1], 'key.pem'), KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const pushed = await proviso(cwds[1], 'push --key key.pem', dirs[1]);
  assert.match(pushed.text, /Accepted/);
  const over = await proviso(cwds[0], 'reset', dirs[0]);
  assert.equal([over.code, /run-finished/.test(over.err)], [1, true]);
  const left = await proviso(cwds[0], 'reset --if-open', dirs[0]);
  assert.equal([left.code, /Accepted/.test(left.out)], [0, true], left.text);
});

test('what an earlier pipeline left in the directory is not taken for the run of this one', async () => {
  const cwd = await mkdtemp(join(work, 'cache-'));
  await proviso(cwd, `add app ${FILE}`, await mountOf('old', 'build', jobReference('old')));
  const added = await proviso(cwd, `add notes ${FILE}`, await mountOf('new', 'build', jobReference('new')));
  assert.is(added.code, 0, added.text);
  assert.match(added.err, /the run of the Job new/);
  assert.equal(
    (await runsOf('old'))[0]?.status?.materials?.map(({ name }) => name),
    ['app'],
  );
  assert.equal(
    (await runsOf('new'))[0]?.status?.materials?.map(({ name }) => name),
    ['notes'],
  );
});

test('where nothing can be written the receiver is asked again', async () => {
  // Not even root makes a directory there.
  const cwd = '/sys';
  const dir = await mountOf('closed', 'build', jobReference('closed'));
  for (const name of ['app', 'notes']) {
    const added = await proviso(cwd, `add ${name} ${FILE}`, dir);
    assert.is(added.code, 0, added.text);
    assert.match(added.err, /the run of the Job closed/);
  }
  assert.is((await runsOf('closed')).length, 1);
});

test('the first command sends the variables that the contract asks for, and none else', async () => {
  const cwd = await mkdtemp(join(work, 'env-'));
  const dir = await mountOf('env', 'branch', jobReference('env'));
  const refused = await proviso(cwd, 'status', dir);
  assert.match(refused.err, /env-missing[\s\S]*GIT_BRANCH: must be set where the run is opened/);
  assert.is((await proviso(cwd, 'status', dir, { GIT_BRANCH: 'main', GIT_SECRET: 'x' })).code, 0);
  assert.equal((await runsOf('env'))[0]?.spec.environment, { GIT_BRANCH: 'main' });
  const annotated = await proviso(cwd, 'status', await mountOf('note', 'annotated', jobReference('note')));
  assert.match(annotated.err, /material-annotation[\s\S]*proviso init --annotation NAME=VALUE/);
});

test('outside a pod, in a pod of another namespace or of no known workflow a run has to be opened', async () => {
  const cwd = await mkdtemp(join(work, 'outside-'));
  const before = (await shop.runs()).length;
  const bare = await mountSecret(shop, 'build');
  const inPod = await mountOf('elsewhere', 'build', jobReference('elsewhere'));
  for (const [dir, env] of [
    [bare, {}],
    [inPod, { PROVISO_NAMESPACE: 'ci' }],
  ] as const) {
    const { code, err } = await proviso(cwd, `add app ${FILE}`, dir, env);
    assert.equal([code, /no-run/.test(err)], [2, true], err);
  }
  assert.is((await shop.runs()).length, before);
});

test.run();
