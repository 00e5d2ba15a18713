// deadline: 300
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import { LABEL_LEGAL_HOLD } from '../../src/api/labels.ts';
import type { RetentionMessage, RunMessage } from '../../src/api/messages.ts';
import { digestsOf, saidByPolicies } from '../../src/api/run-evidence.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { type ArchivedShop, openArchivedShop } from '../support/archived-shop.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { openRetained, type Retained } from '../support/retained.ts';
import type { Shop } from '../support/shop.ts';

let archivedShop: ArchivedShop;
let shop: Shop;
let retained: Retained;
let finish: ArchivedShop['finish'];
let build: string;
let admin: string;
const test = suite('retention');
test.before(async () => {
  archivedShop = await openArchivedShop('admin', true);
  ({ shop, finish } = archivedShop);
  build = archivedShop.tokens.build ?? '';
  await shop.kubectl('create clusterrolebinding admin --clusterrole=proviso-view --serviceaccount=shop:admin');
  admin = archivedShop.reader;
  retained = await openRetained(archivedShop);
});
test.after(async () => {
  await retained?.stop();
  await archivedShop?.stop();
});
test.before.each(() => retained.setPolicy({ keepFor: '1h' }));

const hex = (bytes: string): string => sha256Hex(bytes);
const stored = async (bytes: string): Promise<boolean> => (await shop.stored()).blobs.includes(hex(bytes));
const archived = async (): Promise<readonly string[]> =>
  (await retained.database.selectFrom('runs').select('name').execute()).map(({ name }) => name);
const live = async () => (await shop.runs()).map(({ metadata }) => metadata.name);

/** The digests, hex, of the documents with what policies said of a run in the archive. */
async function saidOf(run: string): Promise<readonly string[]> {
  const found = retained.database.selectFrom('runs').select('document').where('name', '=', run);
  const { document } = await found.executeTakeFirstOrThrow();
  return saidByPolicies(JSON.parse(document)).map(({ digest }) => digest.slice('sha256:'.length));
}

/** A run of `build` with these materials that is in the archive and in the cluster no more; the one that took its place. */
async function gone(given: Readonly<Record<string, string>>, next: Readonly<Record<string, string>>): Promise<string> {
  const run = await finish('build', given);
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${run}`);
  await finish('build', next);
  await eventually(`${run} to leave the cluster`, async () => !(await live()).includes(run) && retained.hasLost(run));
  return run;
}

/** Applies it until the run is in the archive no more: one that is archived anew meanwhile stays until the next time. */
const goes = (run: string, hours: number) =>
  eventually(`${run} to leave the archive`, async () => {
    await retained.apply(hours);
    return !(await archived()).includes(run);
  });

/** A run that is open and has this as its source; the answer to handing that in. */
async function handIn(source: string) {
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token: build, body: { workflow: 'build' } });
  const { run } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}/materials/source`;
  return { run, answer: await shop.http.call(path, { method: 'PUT', token: build, body: source }) };
}

test('a run that nothing keeps leaves the archive, and the store what nothing else refers to', async () => {
  const first = await gone({ app: 'app-1', source: 'shared' }, { app: 'app-2', source: 'shared' });
  const kept = (await Promise.all((await live()).map((name) => shop.run(name)))).flatMap(digestsOf);
  const before = (await shop.stored()).blobs;
  const said = await saidOf(first);
  assert.is(said.length, 1);
  await retained.apply(0.5);
  assert.ok((await archived()).includes(first));
  for (const digest of said) assert.ok((await shop.stored()).blobs.includes(digest), 'the archived run refers to it');
  await retained.apply(2, { isComplete: () => Promise.resolve(false) });
  assert.ok((await archived()).includes(first), 'not while it is not known what else is referred to');
  await goes(first, 2);
  const after = (await shop.stored()).blobs;
  // The material of its own, the attestation, a summary, the record, and what the policy said.
  assert.is(before.length - after.length, 5);
  for (const digest of said) assert.not(after.includes(digest));
  assert.not(after.includes(hex('app-1')));
  assert.ok(after.includes(hex('shared')));
  for (const digest of kept) assert.ok(after.includes(digest.slice('sha256:'.length)), digest);
  const event = await shop.kubectl(
    'get events.events.k8s.io -A -o jsonpath={range.items[*]}{.reason}:{.note}{"\\n"}{end}',
  );
  assert.match(event, /RetentionApplied:1 runs removed from the archive, and 5 objects that nothing refers to/);
  assert.equal((await shop.stored()).staging, []);
});

test('a run that is in the cluster is kept, and what is only audited', async () => {
  const [run = ''] = await live();
  await eventually('the run to be archived', async () => (await archived()).includes(run));
  await retained.apply(9);
  assert.ok((await archived()).includes(run));
  const old = await gone({ source: 'audited' }, { source: 'next' });
  await retained.setPolicy({ keepFor: '1h', enforcement: 'Audit' });
  await retained.apply(9);
  await retained.setPolicy(null);
  await retained.apply(9);
  assert.ok((await archived()).includes(old));
});

test('a Workflow keeps its runs for longer, and not shorter', async () => {
  const run = await gone({ source: 'longer' }, { source: 'next' });
  const policy = (retention: object | null) =>
    shop.kubectl(`patch workflow.proviso.dev -n shop build --type=merge -p ${JSON.stringify({ spec: { retention } })}`);
  await policy({ keepFor: '10h' });
  await retained.apply(5);
  assert.ok((await archived()).includes(run));
  await policy({ keepFor: '1h' });
  await retained.setPolicy({ keepFor: '10h' });
  await retained.apply(5);
  assert.ok((await archived()).includes(run));
  await policy(null);
  await goes(run, 11);
});

test('a Workflow that was restored keeps the runs of the one before, which had another uid', async () => {
  const run = await gone({ source: 'restored' }, { source: 'next' });
  const workflow_uid = 'of the one before';
  await retained.database.updateTable('runs').set({ workflow_uid }).where('name', '=', run).execute();
  await shop.kubectl(`label workflow.proviso.dev -n shop build ${LABEL_LEGAL_HOLD}=case-6`);
  await retained.apply(5);
  await shop.kubectl(`label workflow.proviso.dev -n shop build ${LABEL_LEGAL_HOLD}-`);
  await shop.kubectl(
    'patch workflow.proviso.dev -n shop build --type=merge -p {"spec":{"retention":{"keepFor":"10h"}}}',
  );
  await retained.apply(5);
  assert.ok((await archived()).includes(run));
  await shop.kubectl('patch workflow.proviso.dev -n shop build --type=merge -p {"spec":{"retention":null}}');
  await goes(run, 5);
});

for (const [what, target] of [
  ['the namespace', 'namespace shop'],
  ['the Workflow', 'workflow.proviso.dev -n shop build'],
  ['the store', 'evidencestore default'],
] as const) {
  test(`a legal hold of ${what} keeps everything of it`, async () => {
    const source = `held by ${what}`;
    const run = await gone({ source }, { source: 'next' });
    await shop.kubectl(`label ${target} ${LABEL_LEGAL_HOLD}=case-7`);
    await retained.apply(5);
    assert.ok((await archived()).includes(run));
    await shop.kubectl(`label ${target} ${LABEL_LEGAL_HOLD}-`);
    await goes(run, 5);
    assert.is(await stored(source), false);
  });
}

test('a run under a legal hold stays in the cluster, and in the archive if somebody deletes it', async () => {
  const run = await finish('build', { source: 'held itself' });
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${run}`);
  await shop.kubectl(`label workflowrun -n shop ${run} ${LABEL_LEGAL_HOLD}=case-8`);
  const others = [`label workflowrun -n shop ${run} team=web`, `annotate workflowrun -n shop ${run} a=b`];
  for (const change of others) assert.match(await shop.kubectl(change).catch(String), /written by Proviso only/);
  const both = { metadata: { labels: { [LABEL_LEGAL_HOLD]: 'case-9' } }, spec: { team: 'mine' } };
  const patch = `patch workflowrun -n shop ${run} --type=merge -p ${JSON.stringify(both)}`;
  assert.match(await shop.kubectl(patch).catch(String), /is invalid: spec: /);
  const over = await gone({ source: 'not held' }, { source: 'next' });
  assert.ok((await live()).includes(run));
  const isHeldThere = async () => {
    const { document } = await retained.database
      .selectFrom('runs')
      .select('document')
      .where('name', '=', run)
      .executeTakeFirstOrThrow();
    return document.includes('case-8');
  };
  await eventually('the archive to know of the hold', isHeldThere);
  await shop.kubectl(`delete workflowrun -n shop ${run}`);
  await goes(over, 5);
  assert.ok((await archived()).includes(run));
  assert.ok(await stored('held itself'));
});

async function cancel(run: string): Promise<void> {
  const sending = { method: 'POST', token: build, body: { trigger: 'cancellation' } };
  const answer = await shop.http.call(`/v1/namespaces/shop/runs/${run}/cancel`, sending);
  assert.is(answer.status, 200, answer.body.toString());
}

test('attack: the same bytes are handed in while they wait for their removal', async () => {
  await gone({ source: 'again' }, { source: 'next' });
  const removing = retained.apply(5, { settleMs: 8_000 });
  await eventually('the list', async () => (await retained.removals.read()).stores.has(`sha256:${hex('again')}`));
  // By then every receiver has looked at the list.
  await setTimeout(5_100);
  const { run, answer } = await handIn('again');
  assert.is(answer.status, 200, answer.body.toString());
  assert.not.ok((await retained.removals.read()).stores.has(`sha256:${hex('again')}`));
  await removing;
  assert.ok(await stored('again'));
  assert.is((await retained.removals.read()).stores.size, 0);
  const path = `/v1/evidence/sha256:${hex('again')}`;
  assert.is((await shop.http.call(path, { token: build })).body.toString(), 'again');
  await cancel(run);
});

test('attack: the same bytes are handed in at the moment of their removal, or before anybody had looked', async () => {
  const removals = retained.removals;
  await removals.announce([{ store: 'default', digest: `sha256:${hex('now')}` }], await removals.read());
  await removals.begin(await removals.read());
  await setTimeout(5_100);
  const { run, answer } = await handIn('now');
  assert.is(answer.status, 503);
  assert.match(answer.body.toString(), /"code":"evidence-removing"/);
  assert.equal((await shop.run(run)).status?.materials, undefined);
  assert.is(await stored('now'), false);
  await removals.clear();
  // Who didn't know has his reference written by the time that is waited, and then it counts.
  await gone({ source: 'unseen' }, { source: 'next' });
  await retained.apply(5, {
    removals: {
      ...removals,
      async begin(before) {
        assert.is((await handIn('unseen')).answer.status, 200);
        await removals.begin(before);
      },
    },
  });
  assert.ok(await stored('unseen'));
});

test('attack: the list of what is removed is taken away, at any time', async () => {
  const list = await shop.kubectl('get configmap -n proviso-system proviso-evidence-removals -o json');
  const { apiVersion, kind, metadata } = JSON.parse(list);
  const again = JSON.stringify({ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } });
  await gone({ source: 'unlisted' }, { source: 'next' });
  const removals = retained.removals;
  const takeAway = async () => {
    await shop.kubectl('delete configmap -n proviso-system proviso-evidence-removals');
  };
  const taken = await retained
    .apply(5, {
      removals: { ...removals, begin: (before) => removals.begin(before).then(takeAway), clear: async () => {} },
    })
    .catch(String);
  assert.match(String(taken), /somebody has changed the list/);
  assert.ok(await stored('unlisted'));
  assert.match(String(await retained.apply(5).catch(String)), /proviso-evidence-removals.* not found/);
  const { run, answer } = await handIn('without a list');
  assert.is(answer.status, 200, answer.body.toString());
  await cancel(run);
  await shop.kubectl('apply -f -', again);
  await retained.apply(5);
  assert.is(await stored('unlisted'), false);
});

test('pipelines that hand in the same few bytes again and again while these expire lose none', async () => {
  let isOver = false;
  const pipeline = async (number: number) => {
    for (let count = 0; !isOver; count += 1) {
      const { run, answer } = await handIn(`one of four: ${(number + count) % 4}`);
      assert.ok([200, 503].includes(answer.status), answer.body.toString());
      await cancel(run);
      // All three are one identity to the receiver, which takes a hundred requests of it a second.
      await setTimeout(100);
    }
  };
  const pipelines = Promise.all([0, 1, 2].map(pipeline));
  const ends = Date.now() + 20_000;
  while (Date.now() < ends) await retained.apply(5, { settleMs: 6_000 });
  isOver = true;
  await pipelines;
  const documents = await retained.database.selectFrom('runs').select('document').execute();
  const runs = [...(await shop.runs()), ...documents.map(({ document }) => JSON.parse(document) as WorkflowRun)];
  const { blobs } = await shop.stored();
  for (const digest of runs.flatMap(digestsOf)) assert.ok(blobs.includes(digest.slice('sha256:'.length)), digest);
});

test('a receiver that ended in the middle leaves nothing that cannot be stored', async () => {
  await gone({ source: 'left' }, { source: 'next' });
  const failing = { ...retained.removals, begin: () => Promise.reject(new Error('killed')), clear: async () => {} };
  assert.match(String(await retained.apply(5, { removals: failing }).catch(String)), /killed/);
  assert.ok((await retained.removals.read()).stores.size > 0);
  await retained.apply(5);
  assert.is((await retained.removals.read()).stores.size, 0);
  assert.is(await stored('left'), false);
});

test('the report says what would go and what is kept by what, to who may see all runs', async () => {
  await gone({ source: 'reported' }, { source: 'next' });
  await shop.kubectl(`label namespace shop ${LABEL_LEGAL_HOLD}=case-9`);
  const ask = async () => (await shop.http.call('/v1/archive/retention', { token: admin })).json<RetentionMessage>();
  assert.equal((await ask()).runs, [], 'all are younger than an hour');
  await retained.database.updateTable('runs').set({ finished: '2026-01-01T00:00:00.000Z' }).execute();
  const held = await ask();
  assert.ok(held.complete);
  assert.ok(held.runs.every(({ keptBy }) => keptBy === 'a legal hold of the namespace shop'));
  assert.is(held.stores[0]?.objects, 0);
  await shop.kubectl(`label namespace shop ${LABEL_LEGAL_HOLD}-`);
  const mount = await mountSecret(shop, 'build');
  const { code, out, err } = await runProviso(archivedShop.dir, 'archive retention', {
    PROVISO_DIR: mount,
    PROVISO_TOKEN: admin,
  });
  assert.is(code, 0, err);
  assert.match(out, /^STORE +ENFORCEMENT +EXPIRED +KEPT +OBJECTS +SIZE\ndefault +Enforce +\d+ +\d+ +[1-9]\d* +\d/);
  assert.match(out, /shop\/build-\w+ +build +True +2026-01-01T00:00:00.000Z +default +the history of its Workflow/);
  await shop.http.refused('read-forbidden', '/v1/archive/retention', { token: build });
});

test.run();
