import { Counter, Registry } from 'prom-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createWorkflowSeries } from '../../src/telemetry/workflow-series.ts';

const test = suite('series of workflows');

function series(most?: number) {
  const registry = new Registry();
  const labelNames = ['namespace', 'workflow', 'team'] as const;
  const { inc, drop } = createWorkflowSeries(
    new Counter({ name: 'seen_total', help: 'Seen.', labelNames, registers: [registry] }),
    most,
  );
  const lines = async (): Promise<readonly string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('seen_total{'));
  return { add: (workflow: string, team: string) => inc({ namespace: 'shop', workflow, team }), drop, lines };
}

test('they end with their workflow, and those of others stay', async () => {
  const { add, drop, lines } = series();
  for (const team of ['web', 'api', 'web']) add('build', team);
  add('deploy', 'web');
  assert.is((await lines()).length, 3);
  drop('shop', 'build');
  assert.equal(await lines(), ['seen_total{namespace="shop",workflow="deploy",team="web"} 1']);
});

test('attack: a workflow whose team changes on and on has a hundred, the latest', async () => {
  const { add, lines } = series();
  for (let n = 0; n < 1000; n++) {
    add('build', 'the same');
    add('build', `team-${n}`);
  }
  const found = await lines();
  assert.is(found.length, 100);
  assert.ok(found.includes('seen_total{namespace="shop",workflow="build",team="the same"} 1000'));
  assert.ok(found.some((line) => line.includes('team-999')) && !found.some((line) => line.includes('team-1"')));
});

test.run();
