// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { Operated, RECEIVER } from '../support/operated.ts';
import { readScrape } from '../support/scrape.ts';

let operated: Operated;
const test = suite('operator and runs');

test.before(async () => {
  operated = await Operated.start();
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  await operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
});
test.after(() => operated?.stop());
test.after.each(() => operated.assertInvariants());

/** A run as the receiver opens it. */
async function openRun(name: string, deadlineTime: string, of = 'build'): Promise<void> {
  const workflow = await operated.read<Workflow>('workflow.proviso.dev', of);
  const { contract } = workflow.status ?? {};
  const spec = {
    workflowRef: { name: of, uid: workflow.metadata.uid },
    contract,
    identity: { username: 'system:serviceaccount:shop:proviso-build' },
    runKey: name,
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime,
  };
  await operated.kubectl(`create -n shop --as=${RECEIVER} -f -`, manifest('WorkflowRun', name, spec));
  await setVerdict(name, 'Unknown', 'Crafting');
}

async function setVerdict(name: string, status: string, reason: string): Promise<void> {
  const time = new Date().toISOString();
  const conditions = [{ type: 'Succeeded', status, reason, message: 'as the receiver says', lastTransitionTime: time }];
  const patch = JSON.stringify({ status: { startTime: time, conditions } });
  const args = [
    'patch',
    'workflowrun',
    '-n',
    'shop',
    name,
    '--subresource=status',
    '--type=merge',
    `--as=${RECEIVER}`,
    '-p',
    patch,
  ];
  const { code, stderr } = await operated.plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
}

test('a run past its deadline expires and says what was missing', async () => {
  await openRun('late', new Date(Date.now() + 2000).toISOString());
  const run = await eventually('the run to expire', async () => {
    const found = await operated.read<WorkflowRun>('workflowrun', 'late');
    return findCondition(found.status?.conditions, CONDITION.Succeeded)?.reason === 'Expired' ? found : undefined;
  });
  const verdict = findCondition(run.status?.conditions, CONDITION.Succeeded);
  assert.is(verdict?.status, 'False');
  assert.match(verdict?.message ?? '', /missing: a/);
  assert.is(run.status?.progress?.summary, '0/1');
  const events = await operated.kubectl(
    'get events.events.k8s.io -n shop --field-selector reason=Expired -o jsonpath={.items[*].regarding.name}',
  );
  assert.match(events, /late/);
  const [ended, ...more] = operated.audited.filter(({ action }) => action === 'RunExpired');
  assert.equal([ended?.verdict, ended?.what.run, ended?.what.reason, more], ['Allowed', 'late', 'Expired', []]);
  assert.match(ended?.what.message ?? '', /missing: a/);
  const { sum } = readScrape(await operated.metrics.render());
  const result = 'Expired';
  assert.is(sum('proviso_runs_finished_total', { namespace: 'shop', workflow: 'build', result }), 1);
  assert.is(sum('proviso_run_duration_seconds_count', { runner: 'GENERIC', result }), 1);
});

test('counters follow the runs, and history over the limit goes', async () => {
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' }, history: { limit: 2 } });
  const hour = new Date(Date.now() + 3600_000).toISOString();
  for (const name of ['one', 'two', 'three', 'open']) await openRun(name, hour);
  for (const name of ['one', 'two', 'three']) await setVerdict(name, 'True', 'Accepted');
  const workflow = await eventually('the history to be short', async () => {
    const found = await operated.read<Workflow>('workflow.proviso.dev', 'build');
    return found.status?.runs?.total === 3 && found.status.runs.succeeded === 2 ? found : undefined;
  });
  assert.equal(workflow.status?.runs, { total: 3, active: 1, succeeded: 2, failed: 0 });
  assert.is(workflow.status?.successRate, '100%');
  const left = await operated.kubectl('get workflowruns -n shop -o jsonpath={.items[*].metadata.name}');
  assert.ok(left.split(' ').includes('open'));
  const gone = ['late', 'one', 'two', 'three'].filter((name) => !left.split(' ').includes(name));
  const pruned = operated.audited.filter(({ action }) => action === 'RunPruned').map(({ what }) => what.run);
  assert.equal(pruned.toSorted(), gone.toSorted());
  const line = await operated.kubectl('get workflows.proviso.dev -n shop build --no-headers');
  assert.match(line, /^build\s+True\s+steps\s+\S+\s+\w+\s+100%/);
});

const untilHealth = (name: string, reason: string): Promise<Workflow> =>
  eventually(`the workflow ${name} to be ${reason}`, async () => {
    const found = await operated.read<Workflow>('workflow.proviso.dev', name);
    const healthy = findCondition(found.status?.conditions, CONDITION.Healthy);
    if (healthy?.reason !== reason) throw new Error(JSON.stringify(found.status));
    return found;
  });
const untilTold = (reason: string): Promise<boolean> =>
  eventually(`an event ${reason}`, async () => {
    const selector = `regarding.kind=Workflow,regarding.name=watched,reason=${reason}`;
    const notes = `get events.events.k8s.io -n shop --field-selector ${selector} -o jsonpath={.items[*].note}`;
    return (await operated.kubectl(notes)) !== '';
  });
const statusOf = (workflow: Workflow, type: string) => findCondition(workflow.status?.conditions, type)?.status;

test('a workflow is not healthy while it is silent or its runs fail, and is told of; ready it stays', async () => {
  const expect = (expectations: object) =>
    operated.apply('Workflow', 'watched', { contractRef: { name: 'steps' }, expectations });
  await expect({ maxInterval: '3s' });
  const silent = await untilHealth('watched', 'Silent');
  assert.equal([statusOf(silent, 'Healthy'), statusOf(silent, 'Ready')], ['False', 'True']);
  await untilTold('Silent');
  await expect({ maxInterval: '26h' });
  assert.is(statusOf(await untilHealth('watched', 'NoHistory'), 'Healthy'), 'Unknown');
  await untilTold('NoHistory');

  const hour = new Date(Date.now() + 3600_000).toISOString();
  const failing = ['w1', 'w2', 'w3', 'w4', 'w5'];
  for (const name of failing) {
    await openRun(name, hour, 'watched');
    await setVerdict(name, 'False', 'PolicyViolation');
  }
  const failed = await untilHealth('watched', 'FailureRateHigh');
  assert.is(statusOf(failed, 'Ready'), 'True');
  assert.match(failed.status?.findings?.[0]?.message ?? '', /^0 of the last 5 runs.*w5 \(PolicyViolation\)/);
  const wide = await operated.kubectl('get workflows.proviso.dev -n shop watched -o wide');
  assert.match(wide, /HEALTHY.*\n.*\s1\s+False\s/);
  await untilTold('FailureRateHigh');

  // The owner of the workflow may not delete runs or touch the figures. Whoever may, as this administrator, gains nothing by it.
  await operated.kubectl('create rolebinding -n shop owner --clusterrole=proviso-edit --serviceaccount=shop:owner');
  const asOwner = '--as=system:serviceaccount:shop:owner';
  const refused = async (...args: string[]) => (await operated.plane.kubectl(['-n', 'shop', ...args])).stderr;
  assert.match(await refused('delete', 'workflowrun', 'w5', asOwner), /is forbidden/);
  const forget = ['--subresource=status', '--type=merge', '-p', '{"status":{"statistics":null}}'];
  assert.match(await refused('patch', 'workflow.proviso.dev', 'watched', ...forget), /written by Proviso only/);
  await operated.kubectl(`delete workflowruns -n shop ${failing.slice(1).join(' ')}`);
  await eventually('the runs to be gone', async () => {
    const { status } = await operated.read<Workflow>('workflow.proviso.dev', 'watched');
    return status?.runs?.total === 1;
  });
  assert.equal((await untilHealth('watched', 'FailureRateHigh')).status?.findings, failed.status?.findings);

  await openRun('w6', hour, 'watched');
  await setVerdict('w6', 'True', 'Accepted');
  const { status } = await untilHealth('watched', 'AsUsual');
  assert.is(status?.findings, undefined);
  assert.equal(
    status?.statistics?.successRates.map(({ runs, accepted, rate }) => [runs, accepted, rate]),
    [
      [6, 1, '16%'],
      [6, 1, '16%'],
      [6, 1, '16%'],
    ],
  );
  assert.is(status?.statistics?.lastAccepted?.name, 'w6');
  await untilTold('AsUsual');
});

test('nobody but Proviso writes a verdict', async () => {
  const patch = '{"status":{"progress":{"summary":"9/9","required":9,"present":9}}}';
  const args = ['patch', 'workflowrun', '-n', 'shop', 'open', '--subresource=status', '--type=merge', '-p', patch];
  assert.match((await operated.plane.kubectl(args)).stderr, /written by Proviso only/);
});

test.run();
