// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { Operated } from '../support/operated.ts';
import { endPipeline, startPipeline } from '../support/pipelines.ts';

let operated: Operated;
const test = suite('history of pipelines');

test.before(async () => {
  operated = await Operated.start();
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
});
test.after(() => operated?.stop());

const apply = (limit: number, selector: object): Promise<string> =>
  operated.apply('Workflow', 'build', {
    ...{ contractRef: { name: 'steps' }, history: { limit } },
    source: { kind: 'Job', selector, grace: '0s' },
  });

const runs = async (): Promise<readonly string[]> => {
  const { items } = JSON.parse(await operated.kubectl('get workflowruns -n shop -o json')) as { items: WorkflowRun[] };
  return items.map(({ spec }) => spec.identity.owner?.name ?? '').sort();
};

const checkedTime = async (): Promise<number> => {
  const { status } = await operated.read<Workflow>('workflow.proviso.dev', 'build');
  return Date.parse(status?.source?.checkedTime ?? 'never');
};

const APP = { matchLabels: { app: 'shop' } };

test('what ended before there was a source owes nothing', async () => {
  const old = await startPipeline(operated.plane, 'Job', 'old', { app: 'shop' });
  await endPipeline(operated.plane, old, 'failed');
  // Times of controllers have whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await apply(1, APP);
  await operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
  for (const name of ['one', 'two', 'three']) {
    const job = await startPipeline(operated.plane, 'Job', name, { app: 'shop' });
    await endPipeline(operated.plane, job, 'succeeded');
  }
  await eventually('their runs', async () => (await runs()).length >= 3);
  assert.equal(await runs(), ['one', 'three', 'two']);
});

test('a run over the history limit stays until its pipeline is too old to be looked at, and then does not come back', async () => {
  await operated.touch('build');
  // The limit is 1.
  assert.is((await runs()).length, 3);
  const before = await checkedTime();
  operated.ahead = 25 * 60_000;
  await eventually('the history to be short', async () => {
    await operated.touch('build');
    return (await runs()).length === 1;
  });
  assert.ok((await checkedTime()) > before);
  const [left] = await runs();
  await operated.restart();
  await apply(10, APP);
  // The Jobs of those that went are there still. This one is looked at together with them.
  await startPipeline(operated.plane, 'Job', 'next', { app: 'shop' });
  await operated.kubectl('delete job -n shop next --wait=false');
  await eventually('its run', async () => (await runs()).includes('next'));
  assert.equal(await runs(), ['next', left]);
});

test('with another selector the time starts anew, and without a source it is gone', async () => {
  await apply(10, { matchLabels: { app: 'other' } });
  await eventually('another time', async () => (await checkedTime()) > 0);
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  await eventually('no time', async () => Number.isNaN(await checkedTime()));
});

test.run();
