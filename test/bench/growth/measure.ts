import { setTimeout as pause } from 'node:timers/promises';
import { scrape } from '../../support/scrape.ts';
import type { ProcessName } from '../../support/stack.ts';
import { type Figure, percentile } from '../figures.ts';
import { closedLoop, openLoop } from '../load/loops.ts';
import { type LoadedShop, openLoadedShop } from '../load/shop.ts';
import { watchVerdicts } from '../load/verdicts.ts';
import { memoryOf } from '../operator/memory.ts';
import { newcomers } from '../operator/newcomers.ts';
import { untilQuiet } from '../operator/process.ts';
import { type WorkflowWatch, watchWorkflows } from '../operator/workflow-watch.ts';
import { createSeeder } from './seed.ts';

const PROCESSES: readonly ProcessName[] = ['operator', 'receiver'];
const WARM_MS = 3_000;
const CLOSED_MS = 10_000;
/** Far below what the machine can do, so that what somebody waits for is work and no queue. */
const OPEN = { perSecond: 5, seconds: 10 } as const;
const NEWCOMERS = 20;
/** V8 gives some memory back only then. */
const REST_MS = 5_000;

/**
 * What more and more finished runs in a cluster cost: the start of both processes, memory, submissions, a new Workflow, a scrape. Each
 * figure stands beside what it was at the size before.
 */
export async function measureGrowth(
  sizes: readonly number[],
  onStep: (step: string) => void,
): Promise<readonly Figure[]> {
  onStep('starting a control plane, the operator and a receiver, and making workflows');
  const loaded = await openLoadedShop();
  const watch = await watchWorkflows(loaded.admin.transport);
  try {
    const seeder = await createSeeder(loaded, watch);
    const shown: Figure[] = [];
    let before: readonly Figure[] = [];
    for (const size of sizes) {
      onStep(`making ${size} runs`);
      await Promise.all(PROCESSES.map((name) => loaded.shop.stack.terminate(name)));
      await seeder.fill(size);
      onStep(`measuring among ${size} runs`);
      const figures = await among(loaded, watch, size);
      shown.push(...figures.map((figure) => ({ ...figure, ...growthOf(figure, before) })));
      before = figures;
    }
    return shown;
  } finally {
    await watch.close();
    await loaded.shop.stop();
  }
}

function growthOf({ name, value }: Figure, before: readonly Figure[]): Pick<Figure, 'ratio'> {
  const earlier = before.find((each) => each.name === name);
  if (earlier === undefined || earlier.value === 0) return {};
  return { ratio: { of: `that among ${earlier.phase}`, value: value / earlier.value } };
}

async function among(loaded: LoadedShop, watch: WorkflowWatch, size: number): Promise<readonly Figure[]> {
  const { shop, admin } = loaded;
  const figures: Figure[] = [];
  const add = (name: string, value: number, unit: Figure['unit'], budget?: number): void => {
    const phase = `${size.toLocaleString('en-US')} runs`;
    figures.push({ phase, name, value, unit, ...(budget === undefined ? {} : { budget }) });
  };
  const page = (name: ProcessName) => scrape(shop.stack.healthPort(name));

  let started = performance.now();
  await shop.stack.killAndRestart('operator');
  add('operator: start to synced', (performance.now() - started) / 1000, 's', 10);
  const quietAt = await untilQuiet(async () => (await page('operator')).text);
  add('operator: start to quiet', (quietAt - started) / 1000, 's');
  add('operator: processor until then', (await page('operator')).sum('process_cpu_seconds_total') ?? Number.NaN, 's');
  started = performance.now();
  await shop.stack.killAndRestart('receiver');
  add('receiver: start to ready', (performance.now() - started) / 1000, 's');

  const times = await newcomers({ admin, namespaces: ['shop'] }, watch, `new-${size}`).oneByOne(NEWCOMERS);
  add('new Workflow Ready, p50', percentile(times, 0.5), 'ms', 1000);
  add('new Workflow Ready, p99', percentile(times, 0.99), 'ms', 1000);

  await closedLoop(loaded, `warm-${size}`, WARM_MS);
  add('submissions, 16 at once', await closedLoop(loaded, `closed-${size}`, CLOSED_MS), '/s');
  const verdicts = await watchVerdicts(admin.transport);
  const { done, failed } = await openLoop(loaded, `open-${size}`, OPEN.perSecond, OPEN.seconds);
  await pause(REST_MS);
  await verdicts.close();
  if (failed.length > 0) throw new Error(`${failed.length} submissions failed: ${failed[0]}`);
  const whole = done.map(({ dueAt, answeredAt }) => answeredAt - dueAt);
  const visible = done.map(({ run, pushedAt }) => (verdicts.seenAt.get(run) ?? Number.POSITIVE_INFINITY) - pushedAt);
  add(`init to answer of push at ${OPEN.perSecond}/s, p50`, percentile(whole, 0.5), 'ms');
  add(`init to answer of push at ${OPEN.perSecond}/s, p99`, percentile(whole, 0.99), 'ms');
  add(`push to verdict seen at ${OPEN.perSecond}/s, p99`, percentile(visible, 0.99), 'ms', 1000);

  for (const name of PROCESSES) {
    // The first one after a start makes all series.
    await page(name);
    const from = performance.now();
    await page(name);
    add(`${name}: scrape`, performance.now() - from, 'ms', 100);
    const budget = name === 'operator' && size <= 10_000 ? 300 : undefined;
    add(`${name}: resident memory`, (await memoryOf(shop.stack.pid(name))).resident, 'MB', budget);
  }
  return figures;
}
