// deadline: 180
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import type { ReceiverContext } from '../../src/receiver/context.ts';
import { ensureOpened } from '../../src/receiver/find-run.ts';
import { manifest } from '../support/manifest.ts';
import { jobReference, tokenOfPod } from '../support/pods.ts';
import { openShop, type Shop } from '../support/shop.ts';

const MANIFESTS = [
  manifest('Contract', 'open', {}),
  manifest('Workflow', 'free', { contractRef: { name: 'open' } }),
].join('\n---\n');
const ACCOUNT = 'proviso-free';

let shop: Shop;
/** Of the Secret, bound to no pod. */
let bare: string;
const test = suite('receiver, whose run it is');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  bare = await shop.tokenOf('free');
});
test.after(() => shop?.stop());

async function open(token: string, body: object = {}): Promise<RunMessage> {
  const sending = { method: 'POST', token, body: { workflow: 'free', namespace: 'shop', ...body } };
  const answer = await shop.http.call('/v1/runs', sending);
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const cancel = (run: RunMessage, token: string) =>
  shop.http.call(pathOf(run, '/cancel'), { method: 'POST', token, body: { trigger: 'cancellation' } });

/** Every call that changes a run or hands out what is to be signed for it. */
async function assertKeptOut(run: RunMessage, token: string): Promise<void> {
  const put = { method: 'PUT', token, body: 'x' };
  await shop.http.refused('run-forbidden', pathOf(run, '/materials/x'), put);
  await shop.http.refused('run-forbidden', pathOf(run, '/statement'), { token });
  await shop.http.refused('run-forbidden', pathOf(run, '/attestation'), { method: 'POST', token, body: '{}' });
  const body = { trigger: 'cancellation' };
  await shop.http.refused('run-forbidden', pathOf(run, '/cancel'), { method: 'POST', token, body });
  const { status } = await shop.run(run.run);
  assert.equal([status?.materials ?? [], status?.conditions?.[0]?.reason], [[], 'Crafting']);
  assert.is(status?.refusals, undefined, 'a stranger must not even be counted');
}

async function assertLetIn(run: RunMessage, token: string): Promise<void> {
  const added = await shop.http.call(pathOf(run, '/materials/x'), { method: 'PUT', token, body: 'x' });
  assert.is(added.status, 200, added.body.toString());
}

test('attack: a pod on the run that its service account opened without one, and the other way round', async () => {
  const pod = await tokenOfPod(shop, { name: 'task', serviceAccount: ACCOUNT, ownerReferences: [jobReference('a')] });
  const lone = await tokenOfPod(shop, { name: 'lone', serviceAccount: ACCOUNT });
  const byHand = await open(bare);
  await assertKeptOut(byHand, pod);
  await assertKeptOut(byHand, lone);
  await assertLetIn(byHand, bare);
  for (const [token, other] of [
    [pod, lone],
    [lone, pod],
  ] as const) {
    const own = await open(token);
    await assertKeptOut(own, bare);
    await assertKeptOut(own, other);
    await assertLetIn(own, token);
  }
});

test('attack: the idempotency key of another leads to no run of his', async () => {
  const byHand = await open(bare, { idempotencyKey: 'ci-1' });
  const lone = await tokenOfPod(shop, { name: 'guessing', serviceAccount: ACCOUNT });
  assert.is.not((await open(lone, { idempotencyKey: 'ci-1' })).uid, byHand.uid);
});

test('attack: pods of another namespace, each is on its own whatever owner it claims', async () => {
  await shop.kubectl('create namespace ci');
  await shop.kubectl('create serviceaccount runner -n ci');
  await shop.kubectl('create rolebinding runner -n shop --role=proviso-free --serviceaccount=ci:runner');
  const job = jobReference('victim');
  const victim = await open(
    await tokenOfPod(shop, { name: 'victim', serviceAccount: ACCOUNT, ownerReferences: [job] }),
  );
  const elsewhere = { namespace: 'ci', serviceAccount: 'runner', ownerReferences: [job] };
  const [one, two] = [
    await tokenOfPod(shop, { name: 'one', ...elsewhere }),
    await tokenOfPod(shop, { name: 'two', ...elsewhere }),
  ];
  await assertKeptOut(victim, one);
  const run = await open(one, { idempotencyKey: 'k' });
  assert.is.not(run.uid, victim.uid);
  assert.is(run.owner, undefined);
  await assertKeptOut(run, two);
  assert.is.not((await open(two, { idempotencyKey: 'k' })).uid, run.uid);
  assert.is((await open(one, { idempotencyKey: 'k' })).uid, run.uid);
  await assertLetIn(run, one);
});

test('a finished run of a pipeline says that the pipeline is to be started again', async () => {
  const token = await tokenOfPod(shop, {
    name: 'last',
    serviceAccount: ACCOUNT,
    ownerReferences: [jobReference('nightly')],
  });
  const run = await open(token);
  assert.equal(run.owner, { kind: 'Job', name: 'nightly' });
  assert.is((await cancel(run, token)).status, 200);
  const problem = await shop.http.refused('run-finished', pathOf(run, '/materials/x'), {
    method: 'PUT',
    token,
    body: 'x',
  });
  assert.is(problem.hint, 'this is the one run of the Job nightly: start a new Job');
  const byHand = await open(bare);
  await cancel(byHand, bare);
  const sending = { method: 'PUT', token: bare, body: 'x' };
  assert.match(
    (await shop.http.refused('run-finished', pathOf(byHand, '/materials/x'), sending)).hint ?? '',
    /--replace/,
  );
});

test('the CLI in a pod says of --replace that it changes nothing, and of a finished run what does', async () => {
  const token = await tokenOfPod(shop, {
    name: 'typed',
    serviceAccount: ACCOUNT,
    ownerReferences: [jobReference('weekly')],
  });
  const cwd = await mkdtemp(join(tmpdir(), 'proviso-pod-'));
  try {
    const ca = await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
    await writeFile(join(cwd, 'ca.crt'), ca);
    const env = {
      PATH: process.env.PATH ?? '',
      PROVISO_ENDPOINT: shop.stack.endpoint,
      PROVISO_TOKEN: token,
      PROVISO_CA_FILE: join(cwd, 'ca.crt'),
      PROVISO_WORKFLOW: 'free',
    };
    const init = (...flags: readonly string[]) =>
      new Promise<{ code: number; err: string }>((resolve) => {
        const main = new URL('../../src/main.ts', import.meta.url).pathname;
        execFile(process.execPath, [main, 'init', ...flags], { cwd, env }, (error, _out, err) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, err }),
        );
      });
    assert.equal(await init(), { code: 0, err: '' });
    assert.equal(await init(), { code: 0, err: '' });
    assert.match((await init('--replace')).err, /the one run of the Job weekly; --replace and .* change nothing/);
    const [run] = (await shop.runs()).filter(({ spec }) => spec.identity.owner?.name === 'weekly');
    await cancel({ run: run?.metadata.name } as RunMessage, token);
    const over = await init('--replace');
    assert.is(over.code, 1);
    assert.match(over.err, /run-finished[\s\S]*what to do: this is the one run of the Job weekly: start a new Job/);
  } finally {
    await rm(cwd, { recursive: true });
  }
});

test('init of a run that has its verdict answers with the verdict and changes nothing', async () => {
  const run = await open(bare, { idempotencyKey: 'over' });
  await cancel(run, bare);
  const before = await shop.run(run.run);
  const sending = { method: 'POST', token: bare, body: { workflow: 'free', idempotencyKey: 'over' } };
  const again = await shop.http.call('/v1/runs', sending);
  assert.equal([again.status, again.json<RunMessage>().reason], [200, 'Cancelled']);
  assert.equal(await shop.run(run.run), before);
});

test('init that read the run before another task opened and ended it', async () => {
  const run = await open(bare);
  await cancel(run, bare);
  const kubeconfig = await shop.stack.controlPlane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver');
  const context = { client: connect(kubeconfig).client } as ReceiverContext;
  const { status: _, ...stale } = await context.client.get<WorkflowRun>(KIND.WorkflowRun, {
    namespace: 'shop',
    name: run.run,
  });
  const opened = await ensureOpened(context, stale);
  assert.is(opened.status?.conditions?.find(({ type }) => type === 'Succeeded')?.reason, 'Cancelled');
});

test('names in the query of the evidence route have to be names', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const put = { method: 'PUT', token: bare, body: 'x' };
  const names = ['..%2f..%2fsecrets', 'a%20b', 'UPPER', 'a%2Fstatus', '%2e%2e', 'a'.repeat(254), 'a&workflow=b'];
  for (const name of names) {
    const inWorkflow = await shop.http.refused('request-invalid', `/v1/evidence/${digest}?workflow=${name}`, put);
    assert.is(inWorkflow.errors?.[0]?.at, '?workflow=');
  }
  const path = `/v1/evidence/${digest}?workflow=free&namespace=..%2f..%2fsecrets`;
  assert.is((await shop.http.refused('request-invalid', path, put)).errors?.[0]?.at, '?namespace=');
  await shop.http.refused('request-invalid', '/v1/evidence/sha256:..%2f..%2fetc', { token: bare });
  assert.equal((await shop.stored()).staging, []);
});

test.run();
