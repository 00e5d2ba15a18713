// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { manifest } from '../support/manifest.ts';
import { jobReference, tokenOfPod } from '../support/pods.ts';
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
  manifest('Workflow', 'annotated', { contractRef: { name: 'annotated' } }),
].join('\n---\n');
const OWN = '/v1/namespaces/shop/workflows/build';

let shop: Shop;
const test = suite('the run of a pod that names none');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  for (const name of ['build', 'asking', 'annotated']) await shop.tokenOf(name);
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

test.run();
