import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { EvidenceStore, Waiver, Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { createStore, type WritableStore } from '../../src/kube/store.ts';
import type { OperatorStores } from '../../src/operator/context.ts';
import { createObservedObjects } from '../../src/operator/observed-objects.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';

const test = suite('what a scrape says of objects');

const OPENED = '2026-11-28T10:00:00Z';
const at = (minute: number): string => `2026-11-28T10:${String(minute).padStart(2, '0')}:00Z`;
const condition = (type: string, status: string, reason = '') => ({ type, status, reason });

function run(name: string, verdict?: readonly [status: string, reason: string, minute: number]): WorkflowRun {
  const status = verdict && {
    startTime: OPENED,
    finishTime: at(verdict[2]),
    conditions: [condition('Succeeded', verdict[0], verdict[1])],
  };
  const metadata = { name, namespace: 'shop' };
  const spec = { workflowRef: { name: 'build' }, runner: { type: 'GENERIC' } };
  return { metadata, spec, status } as unknown as WorkflowRun;
}
const waiver = (name: string, status: string): Waiver =>
  ({
    metadata: { name, namespace: 'shop' },
    status: { conditions: [condition('Active', status)] },
  }) as unknown as Waiver;
const workflow = (spec: object): Workflow =>
  ({ metadata: { name: 'build', namespace: 'shop', creationTimestamp: OPENED }, spec }) as Workflow;
const evidenceStore = (name: string, status: string): EvidenceStore =>
  ({ metadata: { name }, status: { conditions: [condition('Ready', status)] } }) as unknown as EvidenceStore;

/** Empty stores, what is observed of them, and the lines of a scrape that begin so. */
function observed(isArchiveKept = false) {
  const metrics = createOperatorMetrics([]);
  const names = ['contracts', 'clusterContracts', 'policies', 'clusterPolicies', 'policyGroups', 'clusterPolicyGroups'];
  const empty = Object.fromEntries(names.map((name) => [name, createStore()]));
  const runs = createStore<WorkflowRun>({
    workflow: ({ metadata, spec }) => [`${metadata.namespace}/${spec.workflowRef.name}`],
  });
  const stores = {
    ...{ runs, workflows: createStore<Workflow>(), waivers: createStore<Waiver>() },
    ...{ evidenceStores: createStore<EvidenceStore>(), trustRoots: createStore() },
  };
  const objects = createObservedObjects();
  const all = { ...empty, ...stores } as unknown as OperatorStores;
  metrics.onScrape(() => objects.collect({ metrics, stores: all, archivedOnly: isArchiveKept }));
  const kinds = { runs: KIND.WorkflowRun, workflows: KIND.Workflow, waivers: KIND.Waiver };
  return {
    metrics,
    stores,
    change(kind: keyof typeof kinds, how: 'put' | 'remove', object: KubeObject): void {
      (stores[kind] as WritableStore<KubeObject>)[how](object);
      objects.changed(kinds[kind], object);
    },
    scrape: async (...begins: readonly string[]): Promise<readonly string[]> => {
      const lines = (await metrics.render()).split('\n');
      return lines.filter((line) => begins.some((begin) => line.startsWith(begin))).sort();
    },
  };
}

test('runs by the reason of their verdict; what is gone is gone', async () => {
  const { change, scrape } = observed();
  for (const each of [run('a', ['True', 'Waived', 1]), run('b', ['True', 'Waived', 2]), run('c')]) {
    change('runs', 'put', each);
  }
  const waived = 'proviso_runs{namespace="shop",workflow="build",reason="Waived"} 2';
  assert.equal(await scrape('proviso_runs{'), [
    'proviso_runs{namespace="shop",workflow="build",reason="Crafting"} 1',
    waived,
  ]);
  change('runs', 'remove', run('c'));
  assert.equal(await scrape('proviso_runs{'), [waived]);
});

test('the last success stays when a later run fails, and is absent where there was none', async () => {
  const { change, scrape } = observed();
  const age = 'proviso_workflow_last_success_timestamp_seconds{';
  const took = 'proviso_workflow_last_run_duration_seconds{';
  const of = 'namespace="shop",workflow="build"}';
  change('runs', 'put', run('a', ['False', 'Expired', 3]));
  assert.equal(await scrape(age, took), [`${took}${of} 180`]);
  change('runs', 'put', run('b', ['True', 'AcceptedWithViolations', 5]));
  change('runs', 'put', run('c', ['False', 'PolicyViolation', 9]));
  assert.equal(await scrape(age, took), [`${took}${of} 540`, `${age}${of} ${Date.parse(at(5)) / 1000}`]);
});

test('what a workflow says of itself; of one that has gone, nothing is left', async () => {
  const { change, scrape, metrics } = observed();
  const build = workflow({ team: 'web', project: 'shop', expectations: { maxInterval: '26h' } });
  const [info, created, most] = ['info{', 'created_timestamp_seconds{', 'max_interval_seconds{'].map(
    (name) => `proviso_workflow_${name}`,
  ) as [string, string, string];
  const of = 'namespace="shop",workflow="build"';
  change('workflows', 'put', build);
  change('runs', 'put', run('a'));
  metrics.written.opened(run('a'));
  metrics.written.finished(run('a', ['False', 'Expired', 1]));
  assert.equal(await scrape(info, created, most), [
    `${created}${of}} ${Date.parse(OPENED) / 1000}`,
    `${info}${of},team="web",project="shop"} 1`,
    `${most}${of}} 93600`,
  ]);
  change('workflows', 'put', workflow({ team: 'api' }));
  assert.equal(await scrape(info, most), [`${info}${of},team="api",project=""} 1`]);
  assert.is((await scrape('proviso_runs_opened_total{', 'proviso_runs_finished_total{')).length, 2);
  change('workflows', 'remove', workflow({}));
  change('runs', 'remove', run('a'));
  const all = (await metrics.render()).split('\n');
  assert.equal(
    all.filter((line) => line.includes('workflow="build"')),
    [],
  );
});

test('finished runs that wait for the archive, where there is one', async () => {
  const [kept, none] = [observed(true), observed()];
  const archived = run('b', ['True', 'Accepted', 1]);
  const conditions = [...(archived.status?.conditions ?? []), condition('Archived', 'True')];
  for (const { change } of [kept, none]) {
    change('runs', 'put', run('a', ['True', 'Accepted', 1]));
    change('runs', 'put', { ...archived, status: { ...archived.status, conditions } } as WorkflowRun);
    change('runs', 'put', run('c'));
  }
  assert.equal(await kept.scrape('proviso_unarchived_runs '), ['proviso_unarchived_runs 1']);
  assert.equal(await none.scrape('proviso_unarchived_runs '), ['proviso_unarchived_runs 0']);
  kept.change('runs', 'remove', run('a'));
  assert.equal(await kept.scrape('proviso_unarchived_runs '), ['proviso_unarchived_runs 0']);
});

test('waivers by whether they count, and objects by whether they are Ready', async () => {
  const { change, scrape, stores } = observed();
  change('waivers', 'put', waiver('x', 'True'));
  change('waivers', 'put', waiver('y', 'False'));
  for (const [name, status] of Object.entries({ a: 'True', b: 'False', c: 'True' })) {
    stores.evidenceStores.put(evidenceStore(name, status));
  }
  assert.equal(await scrape('proviso_waivers{'), [
    'proviso_waivers{namespace="shop",active="false"} 1',
    'proviso_waivers{namespace="shop",active="true"} 1',
  ]);
  assert.equal(await scrape('proviso_objects{kind="EvidenceStore"'), [
    'proviso_objects{kind="EvidenceStore",ready="False"} 1',
    'proviso_objects{kind="EvidenceStore",ready="True"} 2',
    'proviso_objects{kind="EvidenceStore",ready="Unknown"} 0',
  ]);
  assert.is((await scrape('proviso_objects{')).length, 27);
});

test.run();
