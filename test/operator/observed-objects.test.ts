import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Waiver, WorkflowRun } from '../../src/api/types.gen.ts';
import { createStore } from '../../src/kube/store.ts';
import { observeObjects } from '../../src/operator/observed-objects.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';

const test = suite('what a scrape says of objects');

const run = (name: string, reason?: string): WorkflowRun =>
  ({
    metadata: { name, namespace: 'shop' },
    spec: { workflowRef: { name: 'build' } },
    ...(reason === undefined ? {} : { status: { conditions: [{ type: 'Succeeded', status: 'True', reason }] } }),
  }) as unknown as WorkflowRun;
const waiver = (name: string, status: string): Waiver =>
  ({
    metadata: { name, namespace: 'shop' },
    status: { conditions: [{ type: 'Active', status }] },
  }) as unknown as Waiver;

test('runs by the reason of their verdict, waivers by whether they count; what is gone is gone', async () => {
  const metrics = createOperatorMetrics([]);
  const stores = { runs: createStore<WorkflowRun>({}), waivers: createStore<Waiver>({}) };
  for (const each of [run('a', 'Waived'), run('b', 'Waived'), run('c')]) stores.runs.put(each);
  for (const each of [waiver('x', 'True'), waiver('y', 'False')]) stores.waivers.put(each);
  observeObjects(metrics, stores);
  const lines = async () =>
    (await metrics.render()).split('\n').filter((line) => /^proviso_(runs|waivers)\{/.test(line));
  assert.equal((await lines()).toSorted(), [
    'proviso_runs{namespace="shop",workflow="build",reason="Crafting"} 1',
    'proviso_runs{namespace="shop",workflow="build",reason="Waived"} 2',
    'proviso_waivers{namespace="shop",active="false"} 1',
    'proviso_waivers{namespace="shop",active="true"} 1',
  ]);
  stores.runs.remove(run('c'));
  observeObjects(metrics, stores);
  assert.is((await lines()).length, 3);
});

test.run();
