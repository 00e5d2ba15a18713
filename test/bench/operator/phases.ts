import { KIND } from '../../../src/api/kinds.ts';
import { sumOf } from '../../support/samples.ts';
import { type Figure, percentile } from '../figures.ts';
import type { BenchCluster } from './cluster.ts';
import type { Newcomers } from './newcomers.ts';
import { CONTRACT } from './objects.ts';
import { type BenchedOperator, pause } from './process.ts';
import type { Seeded } from './seed.ts';
import {
  byVerb,
  type RequestCount,
  readRequests,
  requestsBetween,
  statusWritesOf,
  totalOf,
  writesOf,
} from './server-requests.ts';
import { isReady, type WorkflowWatch } from './workflow-watch.ts';

/** What the phases share. */
export interface Bench {
  readonly cluster: BenchCluster;
  readonly seeded: Seeded;
  readonly watch: WorkflowWatch;
  readonly newcomers: Newcomers;
  /** How long to leave a process alone before its memory is read: V8 gives some back only then. */
  readonly restMs: number;
}

/** The budgets of the design, section 10. */
const BUDGET = { idleMB: 120, loadedMB: 300, syncedS: 10, readyMs: 1000, scrapeMs: 100 } as const;

type Add = (name: string, value: number, unit: Figure['unit'], more?: Pick<Figure, 'budget' | 'ratio'>) => void;

/** Collects the figures of one phase. */
async function phase(name: string, work: (add: Add) => Promise<void>): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  await work((figure, value, unit, more = {}) => figures.push({ phase: name, name: figure, value, unit, ...more }));
  return figures;
}

const rawRatio = ({ statusesPerSecond }: Seeded, rate: number) => ({
  ratio: { of: 'raw', value: rate / statusesPerSecond },
});

/** The operator with nothing to do; it also makes the revisions that the runs are pinned to. */
export const idle = (cluster: BenchCluster, restMs: number): Promise<readonly Figure[]> =>
  phase('empty cluster', async (add) => {
    const operator = await cluster.startOperator();
    add('start to synced', operator.syncedMs / 1000, 's');
    await operator.quiet();
    await pause(restMs);
    add('resident memory', (await operator.memory()).resident, 'MB', { budget: BUDGET.idleMB });
    await operator.stop();
  });

/** What the API server does when nothing but the benchmark writes. */
export const raw = (seeded: Seeded): Promise<readonly Figure[]> =>
  phase('raw, 32 at once', async (add) => {
    add('workflows created', seeded.workflowsPerSecond, '/s');
    add('runs created', seeded.runsPerSecond, '/s');
    add('status applies of runs', seeded.statusesPerSecond, '/s');
  });

/** The first start: everything has to be provisioned. */
export const cold = ({ cluster, seeded, watch, newcomers }: Bench): Promise<readonly Figure[]> =>
  phase('first start', async (add) => {
    const before = await readRequests(cluster.admin.transport);
    const operator = await cluster.startOperator();
    add('start to synced', operator.syncedMs / 1000, 's');
    const all = watch.until(seeded.keys, isReady).then(async () => ({
      seconds: (performance.now() - operator.startedAt) / 1000,
      requests: requestsBetween(before, await readRequests(cluster.admin.transport)),
    }));
    const [times, { seconds, requests: until }] = await Promise.all([newcomers.during(all), all]);
    addNewcomers(add, times);
    add('start to all Ready', seconds, 's');
    add('workflows Ready', seeded.keys.length / seconds, '/s');
    const rates = { status: statusWritesOf(until) / seconds, all: writesOf(until) / seconds };
    add('status writes meanwhile', rates.status, '/s', rawRatio(seeded, rates.status));
    add('writes meanwhile', rates.all, '/s', rawRatio(seeded, rates.all));
    add('start to quiet', ((await operator.quiet()) - operator.startedAt) / 1000, 's');
    const requests = requestsBetween(before, await readRequests(cluster.admin.transport));
    await addRequests(add, operator, requests);
    add('requests per workflow', totalOf(requests) / seeded.keys.length, '');
    await addMemory(add, operator);
    await operator.stop();
  });

/** A restart where everything is in place: what it costs to find that out, and for how many milliseconds. */
export async function restart({ cluster }: Bench) {
  let backlogMs = 0;
  const figures = await phase('restart', async (add) => {
    const before = await readRequests(cluster.admin.transport);
    const operator = await cluster.startOperator();
    add('start to synced', operator.syncedMs / 1000, 's', { budget: BUDGET.syncedS });
    const quietMs = (await operator.quiet()) - operator.startedAt;
    add('start to quiet', quietMs / 1000, 's');
    backlogMs = quietMs - operator.syncedMs;
    const requests = requestsBetween(before, await readRequests(cluster.admin.transport));
    await addRequests(add, operator, requests);
    add('status writes', statusWritesOf(requests), '');
    await addMemory(add, operator);
    await operator.stop();
  });
  return { figures, backlogMs };
}

/** A restart with new workflows on top while its backlog lasts, then what a user meets day by day. */
export const daily = ({ cluster, seeded, watch, newcomers, restMs }: Bench, backlogMs: number, samples: number) =>
  phase('restart and new', async (add) => {
    const operator = await cluster.startOperator();
    add('start to synced', operator.syncedMs / 1000, 's', { budget: BUDGET.syncedS });
    addNewcomers(add, await newcomers.during(pause(backlogMs)));
    await operator.quiet();
    const before = await readRequests(cluster.admin.transport);
    const times = await newcomers.oneByOne(samples);
    add('new Workflow Ready, steady, p50', percentile(times, 0.5), 'ms', { budget: BUDGET.readyMs });
    add('new Workflow Ready, steady, p99', percentile(times, 0.99), 'ms', { budget: BUDGET.readyMs });
    await operator.quiet();
    const requests = requestsBetween(before, await readRequests(cluster.admin.transport));
    add('requests per new Workflow', totalOf(requests) / samples, '');
    await changeContracts(add, cluster, seeded, watch);
    await operator.quiet();
    await addMemory(add, operator);
    await pause(restMs);
    add('resident memory, at rest', (await operator.memory()).resident, 'MB', { budget: BUDGET.loadedMB });
    const from = performance.now();
    await operator.metrics();
    add('scrape', performance.now() - from, 'ms', { budget: BUDGET.scrapeMs });
    await operator.stop();
  });

/** Changes what every contract means: each workflow gets a new status, and nothing else has to be written. */
async function changeContracts(add: Add, cluster: BenchCluster, seeded: Seeded, watch: WorkflowWatch): Promise<void> {
  const before = await readRequests(cluster.admin.transport);
  const started = performance.now();
  const options = { fieldManager: 'bench' };
  for (const namespace of cluster.namespaces) {
    const patch = { spec: { deadline: '2h' } };
    await cluster.admin.client.mergePatch(KIND.Contract, { namespace, name: CONTRACT }, patch, options);
  }
  await watch.until(seeded.keys, ({ status }) => status?.contract?.revision === 2);
  const seconds = (performance.now() - started) / 1000;
  const requests = requestsBetween(before, await readRequests(cluster.admin.transport));
  const rate = statusWritesOf(requests) / seconds;
  add('contract change to all statuses', seconds, 's');
  add('status writes meanwhile', rate, '/s', rawRatio(seeded, rate));
}

function addNewcomers(add: Add, times: readonly number[]): void {
  const [first = Number.NaN] = times;
  add('new Workflow Ready, right after sync', first, 'ms', { budget: BUDGET.readyMs });
  add(`slowest of ${times.length} in the backlog`, Math.max(...times), 'ms', { budget: BUDGET.readyMs });
}

async function addRequests(add: Add, operator: BenchedOperator, requests: readonly RequestCount[]): Promise<void> {
  add('requests until quiet', totalOf(requests), '');
  for (const [verb, count] of byVerb(requests)) add(`  ${verb}`, count, '');
  const page = await operator.metrics();
  const own = sumOf(page, 'rest_client_requests_total');
  if (own > 0) add('requests by its own count', own, '');
  add('operator CPU', sumOf(page, 'process_cpu_seconds_total'), 's');
}

async function addMemory(add: Add, operator: BenchedOperator): Promise<void> {
  const { resident, peak } = await operator.memory();
  add('resident memory', resident, 'MB', { budget: BUDGET.loadedMB });
  add('resident memory, peak', peak, 'MB', { budget: BUDGET.loadedMB });
  add('heap in use', sumOf(await operator.metrics(), 'nodejs_heap_size_used_bytes') / 1e6, 'MB');
}
