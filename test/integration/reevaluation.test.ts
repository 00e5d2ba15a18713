// deadline: 180
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { EvaluationMessage, RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const kinds = ['SARIF'];
const few = (most: number) =>
  `validations: [{expression: "size(input.runs[0].results) <= ${most}", message: too many results}]`;
const policy = (most: number) => manifest('Policy', 'few', { kinds, source: { inline: few(most) } });
const contract = (...more: readonly object[]) =>
  manifest('Contract', 'release', {
    signers: [{ key: { inline: key.publicPem } }],
    materials: [{ name: 'scan', type: 'SARIF' }, ...more],
    policies: { materials: [{ ref: { name: 'few' } }] },
  });
const workflow = (name: string, more: object = {}) =>
  manifest('Workflow', name, { contractRef: { name: 'release' }, ...more });
const SCAN = JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 't' } }, results: [{ message: { text: 'x' } }, { message: { text: 'y' } }] }],
});

let shop: Shop;
const test = suite('re-evaluation');
test.before(async () => {
  const kept = workflow('kept', { reevaluate: { onChange: true, runs: 1 } });
  shop = await openShop([policy(5), contract(), workflow('build'), kept].join('\n---\n'));
});
test.after(() => shop?.stop());

async function accepted(name: string): Promise<string> {
  const token = await shop.tokenOf(name);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: name } });
  const { run } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}`;
  await shop.http.refused('run-open', `${path}/evaluation`, { method: 'POST', token });
  const added = await shop.http.call(`${path}/materials/scan`, { method: 'PUT', token, body: SCAN });
  assert.is(added.status, 200, added.body.toString());
  const body = signedBundle((await shop.http.call(`${path}/statement`, { token })).body, key);
  const pushed = await shop.http.call(`${path}/attestation`, { method: 'POST', token, body });
  assert.is(pushed.json<RunMessage>().reason, 'Accepted', pushed.body.toString());
  return run;
}

async function evaluated(run: string, name = 'build'): Promise<EvaluationMessage> {
  const token = await shop.tokenOf(name);
  const answer = await shop.http.call(`/v1/namespaces/shop/runs/${run}/evaluation`, { method: 'POST', token });
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json();
}
const currentOf = ({ status }: WorkflowRun) => findCondition(status?.conditions, CONDITION.Current);
const verdictOf = ({ status }: WorkflowRun) => findCondition(status?.conditions, CONDITION.Succeeded);
const revisionOf = async (): Promise<number> =>
  Number(await shop.kubectl('get contract -n shop release -o jsonpath={.status.revision}'));

/** Applies it, and waits until runs are opened with what it makes of the contract. */
async function change(text: string): Promise<number> {
  const before = await revisionOf();
  await shop.kubectl('apply -n shop -f -', text);
  const revision = await eventually('another revision', async () => {
    const now = await revisionOf();
    return now === before ? undefined : now;
  });
  for (const name of ['build', 'kept']) {
    await eventually(`${name} to owe it`, async () => {
      const found = await shop.kubectl(
        `get workflows.proviso.dev -n shop ${name} -o jsonpath={.status.contract.revision}`,
      );
      return Number(found) === revision;
    });
  }
  return revision;
}

test('what is over is judged by what is in force now, from stored bytes, and its verdict stays', async () => {
  const [run, older, kept] = [await accepted('build'), await accepted('kept'), await accepted('kept')];
  const same = await evaluated(run);
  assert.equal([same.isCurrent, same.reason, same.current.summary], [true, 'Compliant', '1/1']);
  const revision = await change(policy(1));
  const worse = await evaluated(run);
  assert.equal([worse.isCurrent, worse.reason, worse.current.contract.revision], [false, 'Violated', revision]);
  assert.equal(worse.was, { succeeded: 'True', reason: 'Accepted', revision: revision - 1 });
  assert.match(
    worse.message,
    /^by revision 2 of the contract 'release' the policy 'few' says of 'scan': too many results$/,
  );
  const found = await shop.run(run);
  assert.equal([currentOf(found)?.status, currentOf(found)?.reason], ['False', 'Violated']);
  assert.is(verdictOf(found)?.reason, 'Accepted');
  assert.is(found.status?.policies?.summary, '1/1', 'what was said then stays');
  // Nobody asks for these.
  await eventually(
    'the newest of a workflow that wants it',
    async () => currentOf(await shop.run(kept))?.reason === 'Violated',
    40,
  );
  assert.is(currentOf(await shop.run(older)), undefined);
});

test('what is owed now and was not then is told; the CLI shows a table and ends with 4', async () => {
  const run = await accepted('build').catch((error: unknown) => error as Error);
  assert.ok(run instanceof Error && /PolicyViolation/.test(run.message), 'new runs are judged by the new policy');
  await change(policy(5));
  await change(contract({ name: 'tests', type: 'JUNIT_XML' }));
  const work = await mkdtemp(join(tmpdir(), 'proviso-evaluate-'));
  const env = { PROVISO_DIR: await mountSecret(shop, 'build'), PROVISO_ENDPOINT: shop.stack.endpoint };
  const dry = await runProviso(work, 'evaluate --dry-run', env);
  assert.is(dry.code, 4, dry.text);
  assert.match(dry.out, /^RUN +WAS +WOULD BE +POLICIES\n/);
  assert.match(dry.out, /build-\S+ +Accepted, revision 1 +Incomplete, revision \d +1\/1\n/);
  assert.match(dry.out, /it would lack tests/);
  const [first] = (await shop.runs()).filter(({ spec }) => spec.workflowRef.name === 'build');
  assert.ok(first !== undefined && currentOf(first)?.reason !== 'Incomplete', 'a dry run writes nothing');
});

test('attack: who may not see a run may not have it judged', async () => {
  const [run] = await shop.runs();
  await shop.kubectl('create serviceaccount -n default stranger');
  const token = await shop.kubectl('create token -n default stranger --audience=proviso');
  const path = `/v1/namespaces/shop/runs/${run?.metadata.name}/evaluation`;
  await shop.http.refused('run-not-found', path, { method: 'POST', token });
});

test.run();
