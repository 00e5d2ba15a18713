import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type ExpositionForm, renderRegistry } from './exposition.ts';
import { createKubeMetrics, type KubeMetrics, WORK_BUCKETS } from './kube-metrics.ts';
import { createObjectMetrics, type ObjectMetrics } from './object-metrics.ts';
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.ts';
import { createRegistry } from './registry.ts';
import { createRunMetrics, type RunMetrics } from './run-metrics.ts';

/**
 * Metrics under the names that dashboards for controller-runtime look for, of the process itself, and of what it watches. Labels are
 * bounded: controllers, codes and methods, namespaces and workflows, never runs or digests.
 */
export interface OperatorMetrics extends KubeMetrics, QueueMetrics, ObjectMetrics {
  readonly reconciles: Counter<'controller' | 'result'>;
  readonly reconcileErrors: Counter<'controller'>;
  readonly reconcileSeconds: Histogram<'controller'>;
  readonly activeWorkers: Gauge<'controller'>;
  readonly maxWorkers: Gauge<'controller'>;
  /** Errors that trying again can't help, and reconciles that were cut. */
  readonly terminalErrors: Counter<'controller'>;
  readonly timeouts: Counter<'controller'>;
  readonly leader: Gauge<'name'>;
  /** What the operator itself opens and ends. */
  readonly written: RunMetrics;
  /** Tokens that were issued for pipelines, their first ones among them. */
  readonly tokenRotations: Counter;
  /** The keys that a controller works on, with when it began by `performance.now()`; read at each scrape. */
  trackRunning(controller: string): Map<string, number>;
  /** Called at each scrape, before it is rendered. */
  onScrape(collect: () => void): void;
  /** What `/metrics` is made of. */
  readonly registry: Registry;
  /** The page of `/metrics`; absent, as text. */
  render(form?: ExpositionForm): Promise<string>;
}

/** Metrics of one operator, with every series of the given controllers at zero from the start. */
export function createOperatorMetrics(controllers: readonly string[]): OperatorMetrics {
  const registry = createRegistry('operator');
  const registers = [registry];
  const metrics = {
    ...createKubeMetrics(registry),
    ...createQueueMetrics(registry, controllers),
    ...createObjectMetrics(registry),
    written: createRunMetrics(registry),
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles by result: success, requeue_after or error.',
      labelNames: ['controller', 'result'],
      registers,
    }),
    reconcileErrors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that failed.',
      labelNames: ['controller'],
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long a reconcile takes.',
      labelNames: ['controller'],
      buckets: WORK_BUCKETS,
      registers,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Reconciles that run now.',
      labelNames: ['controller'],
      registers,
    }),
    maxWorkers: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Reconciles that may run at once.',
      labelNames: ['controller'],
      registers,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that failed in a way that trying again can not help.',
      labelNames: ['controller'],
      registers,
    }),
    timeouts: new Counter({
      name: 'controller_runtime_reconcile_timeouts_total',
      help: 'Reconciles that were cut because they took too long.',
      labelNames: ['controller'],
      registers,
    }),
    tokenRotations: new Counter({
      name: 'proviso_token_rotations_total',
      help: 'Tokens that were issued for pipelines, the first one of each workflow among them.',
      registers,
    }),
    leader: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this replica leads: 0 or 1.',
      labelNames: ['name'],
      registers,
    }),
  } as const;
  for (const name of controllers) {
    metrics.terminalErrors.inc({ controller: name }, 0);
    metrics.timeouts.inc({ controller: name }, 0);
    metrics.reconcileErrors.inc({ controller: name }, 0);
    metrics.activeWorkers.set({ controller: name }, 0);
    for (const result of ['success', 'requeue_after', 'requeue', 'error'])
      metrics.reconciles.inc({ controller: name, result }, 0);
  }
  const running = new Map<string, Map<string, number>>();
  const unfinished = new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Seconds of work in progress, over all keys that are worked on.',
    labelNames: ['name'],
    registers,
  });
  const longest = new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Seconds that the longest reconcile in progress has run for.',
    labelNames: ['name'],
    registers,
  });
  const collectors = [
    () => {
      for (const [name, started] of running) {
        const ages = [...started.values()].map((at) => (performance.now() - at) / 1000);
        unfinished.set(
          { name },
          ages.reduce((sum, age) => sum + age, 0),
        );
        longest.set({ name }, Math.max(0, ...ages));
      }
    },
  ];
  return {
    ...metrics,
    trackRunning(controller) {
      const started = new Map<string, number>();
      running.set(controller, started);
      return started;
    },
    registry,
    onScrape: (collect) => void collectors.push(collect),
    render(form = 'text') {
      for (const collect of collectors) collect();
      return renderRegistry(registry, form);
    },
  };
}
