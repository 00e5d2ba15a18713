// deadline: 240
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type {
  ArchivedRunsMessage,
  DiscoveryMessage,
  PolicyTotalsMessage,
  TotalsMessage,
} from '../../src/api/messages.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { Report } from '../../src/cli/report/model.ts';
import { type ArchivedShop, openArchivedShop } from '../support/archived-shop.ts';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import type { Shop } from '../support/shop.ts';

let archivedShop: ArchivedShop;
let shop: Shop;
let finish: ArchivedShop['finish'];
let dir: string;
let tokens: Readonly<Record<string, string>>;
let auditor: string;
const test = suite('archive of runs');
test.before(async () => {
  archivedShop = await openArchivedShop('auditor', true);
  ({ shop, dir, tokens, reader: auditor, finish } = archivedShop);
});
test.after(() => archivedShop?.stop());

async function archived(query = ''): Promise<readonly string[]> {
  const answer = await shop.http.call(`/v1/archive/runs${query}`, { token: auditor });
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json<ArchivedRunsMessage>().items.map(({ run }) => run);
}
const isThere = (run: string) => eventually(`${run} in the archive`, async () => (await archived()).includes(run));

test('a finished run is archived, says so, and only then leaves the cluster', async () => {
  const first = await finish('build', { source: 'src', app: 'app-1' });
  assert.match(
    await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${first}`),
    /condition met/,
  );
  const second = await finish('build', { source: 'src', app: 'app-2' });
  await eventually(
    'the first run to be gone',
    async () => !(await shop.runs()).some(({ metadata }) => metadata.name === first),
  );
  await isThere(second);
  assert.equal((await archived('?workflow=build')).toSorted(), [first, second].toSorted());
  assert.equal(await archived('?workflow=deploy'), []);
});

test('the bytes of a run that left the cluster are for who might see the run', async () => {
  const path = `/v1/evidence/sha256:${sha256Hex('app-1')}`;
  const bytes = await shop.http.call(path, { token: auditor });
  assert.is(bytes.body.toString(), 'app-1');
  assert.is((await shop.http.call(path, { token: tokens.build ?? '' })).status, 200);
  await shop.http.refused('evidence-not-found', path, { token: tokens.deploy ?? '' });
});

test('what an artifact was made with, and what was made with a source', async () => {
  const deployed = await finish('deploy', { source: 'app-1' });
  await isThere(deployed);
  const walk = async (bytes: string, direction: string) => {
    const path = `/v1/archive/discover/sha256:${sha256Hex(bytes)}?direction=${direction}`;
    const { edges, truncated } = (await shop.http.call(path, { token: auditor })).json<DiscoveryMessage>();
    assert.is(truncated, false);
    return edges
      .filter(({ role }) => role !== 'attestation')
      .map((edge) => `${edge.distance} ${edge.workflow} ${edge.role} ${edge.name}`);
  };
  assert.ok((await walk('src', 'uses')).includes('2 deploy input source'));
  assert.ok((await walk('app-1', 'origins')).includes('1 build input source'));
});

test('pages, totals, and questions that are not ones', async () => {
  const first = await shop.http.call('/v1/archive/runs?limit=2', { token: auditor });
  const { items, next } = first.json<ArchivedRunsMessage>();
  assert.is(items.length, 2);
  const rest = await archived(`?limit=2&cursor=${next}`);
  assert.is(rest.length, 1);
  assert.ok(!items.some(({ run }) => rest.includes(run)));
  const totals = await shop.http.call('/v1/archive/totals?by=team&period=all', { token: auditor });
  assert.equal(
    totals.json<TotalsMessage>().items.map(({ of, accepted, failed }) => [of, accepted, failed]),
    [
      ['', 1, 0],
      ['web', 2, 0],
    ],
  );
  for (const query of [
    'limit=0',
    'limit=501',
    'limit=x',
    'cursor=x',
    'succeeded=yes',
    'outcome=Bad',
    'since=yesterday',
    'workflow=a&workflow=b',
  ])
    await shop.http.refused('request-invalid', `/v1/archive/runs?${query}`, { token: auditor });
});

test('what policies said, by run and in sum, to those who may read it', async () => {
  const judged = await archived('?policy=makes-app');
  assert.is(judged.length, 3);
  const violated = await archived('?policy=makes-app&outcome=Violated');
  assert.equal(violated, await archived('?workflow=deploy'));
  assert.equal(await archived('?policy=another'), []);
  const path = '/v1/archive/policies?period=all';
  const totals = async (token: string) => (await shop.http.call(path, { token })).json<PolicyTotalsMessage>().items;
  const all = { kind: 'Policy', policy: 'makes-app', namespace: 'shop', period: '' };
  assert.equal(await totals(auditor), [
    { ...all, runs: 3, asked: 3, passed: 2, violated: 1, skipped: 0, failed: 0, waived: 0 },
  ]);
  assert.equal(await totals(tokens.build ?? ''), []);
  const [head, line] = await linesOf('archive policies');
  assert.match(head ?? '', /^POLICY +KIND +RUNS +ASKED +PASSED +VIOLATED +SKIPPED +FAILED +WAIVED$/);
  assert.match(line ?? '', /^makes-app +Policy +3 +3 +2 +1 +0 +0 +0$/);
  assert.match((await linesOf('archive policies --all --period month'))[1] ?? '', /^\d{4}-\d\d +shop +makes-app +/);
  assert.is((await linesOf('archive runs --policy makes-app --outcome Passed')).length, 3);
  const [nothing] = await linesOf('archive policies --policy another');
  assert.match(nothing ?? '', /no run of shop that a policy was asked of, as far as it fits --policy; /);
});

/** The command line as the auditor, or as whom the token is of. */
async function proviso(args: string, token = auditor): Promise<CommandOutcome> {
  const mount = await mountSecret(shop, 'build');
  return runProviso(dir, args, { PROVISO_DIR: mount, PROVISO_TOKEN: token });
}
async function linesOf(args: string): Promise<readonly string[]> {
  const { code, out, err } = await proviso(args);
  assert.is(code, 0, `${args}\n${out}${err}`);
  assert.is(err, '');
  return out.trimEnd().split('\n');
}

test('the command line lists archived runs, page by page, and says what is not shown', async () => {
  const all = await archived();
  const [head, ...rows] = await linesOf('archive runs');
  assert.match(head ?? '', /^RUN +WORKFLOW +SUCCEEDED +REASON +COMMIT +SIGNER +STARTED +TOOK$/);
  assert.equal(
    rows.map((row) => row.split(' ')[0]),
    all,
  );
  const two = await linesOf('archive runs --limit 2 --all');
  assert.equal(
    two.slice(1, 3).map((row) => row.split(' ')[0]),
    all.slice(0, 2).map((run) => `shop/${run}`),
  );
  assert.match(two[3] ?? '', /There are more/);
  const json = JSON.parse((await linesOf('-o json archive runs --workflow deploy')).join('')) as ArchivedRunsMessage;
  assert.equal(
    json.items.map(({ workflow }) => workflow),
    ['deploy'],
  );
  assert.is((await linesOf(`archive runs --digest sha256:${sha256Hex('src')} --succeeded True`)).length, 3);
  const [nothing] = await linesOf('archive runs --team nobody --until 2020-01-01');
  assert.match(nothing ?? '', /no run of shop, as far as it fits --team, --until; .*proviso runs$/);
});

test('the command line shows totals, and what a digest has to do with', async () => {
  const totals = await linesOf('archive totals --by team');
  assert.match(totals[0] ?? '', /^TEAM +ACCEPTED +FAILED +RATE % +MEAN DURATION$/);
  assert.match(totals[1] ?? '', /^- +1 +0 +100\.0 +\d/);
  assert.match(totals[2] ?? '', /^web +2 +0 +100\.0 +\d/);
  const days = await linesOf('archive totals --period day --all');
  assert.match(days[1] ?? '', /^\d{4}-\d\d-\d\d +shop +build +2 +0/);
  const app = `sha256:${sha256Hex('app-1')}`;
  const tree = (await linesOf(`discover ${app}`)).join('\n').replaceAll(/shop\/(build|deploy)-[0-9a-f]+/g, '$1');
  const [made, used] = [`from source ARTIFACT sha256:${sha256Hex('src')}`, 'used as source by deploy (accepted)'];
  const [deploy, build] = [[`  ${used}`], ['  made as app by build (accepted)', `    ${made}`]];
  // Runs that began in the same second stand in no order.
  const orders = [[app, ...deploy, ...build].join('\n'), [app, ...build, ...deploy].join('\n')];
  assert.ok(orders.includes(tree), tree);
  const uses = (await linesOf(`discover sha256:${sha256Hex('src')} --direction uses`)).join('\n');
  assert.match(uses, /\n {4}into app ARTIFACT sha256:\w{64}\n {6}used as source by shop\/deploy-/);
  const near = (await linesOf(`discover sha256:${sha256Hex('src')} --direction uses --depth 1`)).join('\n');
  assert.not.match(near, /deploy-/);
  const [nothing] = await linesOf(`discover sha256:${sha256Hex('of nobody')}`);
  assert.match(nothing ?? '', /^no archived run of the namespaces whose runs this identity may get names sha256:/);
});

test('a report counts what left the cluster, and says what its reader may not see', async () => {
  const { controlPlane } = shop.stack;
  const kubeconfig = await controlPlane.serviceAccountKubeconfig('shop', 'auditor');
  const page = join(dir, 'report.html');
  const printed = (await linesOf(`report -n shop --kubeconfig ${kubeconfig} --html ${page} --fail-under 100`)).join(
    '\n',
  );
  // Two were accepted, the one of deploy although a policy objects.
  assert.match(printed, /- \*\*100 %\*\* of 3 runs with a verdict accepted/);
  assert.match(printed, /\| `shop\/build` \| `web` \| met \| `Accepted` [-0-9: ]+ \| 2 \| 0 \| 0 \| 100 % \|/);
  assert.match(printed, /\| `shop\/deploy` \| – \| open \| `AcceptedWithViolations` /);
  assert.match(printed, /\| `Policy\/makes-app` \| `no app is made` \|/);
  assert.not.match(printed, /could not be seen/);
  assert.match(await readFile(page, 'utf8'), /^<!doctype html>[\s\S]*no app is made[\s\S]*<\/html>\s*$/);
  const blind = await proviso(`-o json report -n shop --kubeconfig ${kubeconfig}`, tokens.build);
  const { unseen, totals } = JSON.parse(blind.out) as Report;
  assert.match(
    unseen.join(),
    /^the archive was not read, so runs that left the cluster are not counted: .*may not read/,
  );
  assert.equal([totals.accepted, totals.workflows, totals.compliant], [2, 2, 1]);
  const everywhere = await proviso(`report -A --kubeconfig ${kubeconfig}`);
  assert.is(everywhere.code, 1);
  assert.match(everywhere.err, /the API server does not allow it: workflows.* is forbidden/);
  const strict = await proviso(
    `report --since 1d -n kube-system --fail-under 1 --kubeconfig ${controlPlane.adminKubeconfig}`,
  );
  assert.is(strict.code, 3, strict.text);
  assert.match(strict.err, /no run has a verdict in that time, and 1 % have to be accepted/);
});

test('the command line passes on why it is told nothing', async () => {
  const refused = await proviso('archive runs', tokens.build);
  assert.is(refused.code, 1);
  assert.match(refused.err, /may not read the runs of 'shop' \(read-forbidden\)[\s\S]*get the verb 'get'/);
  assert.match((await proviso('archive runs --all', tokens.build)).out, /no run of the namespaces whose runs/);
  for (const [args, says, code] of [
    ['discover sha256:12', /64 lower-case hex digits/, 1],
    [`discover sha256:${'0'.repeat(64)} --depth 11`, /whole number from 1 to 10/, 1],
    ['archive runs --since yesterday', /\?since=: must be a time such as/, 1],
    ['archive runs --limit 0', /--limit '0' is not a whole number from 1/, 2],
    ['archive runs --succeeded yes', /Allowed choices are True, False[\s\S]*type: proviso archive/, 2],
    ['archive totals --by colour', /Allowed choices are workflow, team, project/, 2],
  ] as const) {
    const outcome = await proviso(args);
    assert.is(outcome.code, code, outcome.text);
    assert.match(outcome.err, says);
  }
});

test('who may not read a namespace learns nothing of it', async () => {
  const token = tokens.build ?? '';
  assert.equal((await shop.http.call('/v1/archive/runs', { token })).json<ArchivedRunsMessage>().items, []);
  for (const namespace of ['shop', 'nowhere']) {
    const refused = await shop.http.refused('read-forbidden', `/v1/archive/runs?namespace=${namespace}`, { token });
    assert.is(
      refused.detail.replace(`of '${namespace}'`, "of 'X'"),
      `'system:serviceaccount:shop:proviso-build' may not read the runs of 'X'`,
    );
  }
  const path = `/v1/archive/discover/sha256:${sha256Hex('src')}`;
  assert.equal((await shop.http.call(path, { token })).json<DiscoveryMessage>().edges, []);
  await shop.http.refused('token-missing', path, {});
});

test('what policies said of runs that an earlier version has archived is found too', async () => {
  const judged = await archived('?policy=makes-app');
  await shop.stack.terminate('receiver');
  const { database } = await openArchive(`sqlite:${join(dir, 'archive.db')}`);
  await database.deleteFrom('policy_results').execute();
  await database.updateTable('runs').set({ judgements: null }).execute();
  await database.destroy();
  await shop.stack.killAndRestart('receiver');
  await eventually('the results', async () => (await archived('?policy=makes-app')).length === judged.length);
});

test('an archive that was lost is filled again with what the cluster has', async () => {
  const last = await finish('deploy', { source: 'once more' });
  await isThere(last);
  await shop.stack.terminate('receiver');
  for (const suffix of ['', '-wal', '-shm']) await rm(join(dir, `archive.db${suffix}`), { force: true });
  await shop.stack.killAndRestart('receiver');
  await isThere(last);
  const there = (await shop.runs()).map(({ metadata }) => metadata.name);
  await eventually('all that the cluster has', async () => {
    const names = await archived();
    return there.every((name) => names.includes(name));
  });
});

test.run();
