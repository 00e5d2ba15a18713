import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Metrics under the names that dashboards for controller-runtime look for, and of the process itself. Labels are bounded:
 * controllers, codes and methods, never names of objects.
 */
export interface OperatorMetrics {
  readonly queueDepth: Gauge<'name'>;
  readonly queueAdds: Counter<'name'>;
  readonly queueRetries: Counter<'name'>;
  /** Seconds from add to take. */
  readonly queueWait: Histogram<'name'>;
  readonly reconciles: Counter<'controller' | 'result'>;
  readonly reconcileErrors: Counter<'controller'>;
  readonly reconcileSeconds: Histogram<'controller'>;
  readonly activeWorkers: Gauge<'controller'>;
  readonly watchRestarts: Counter<'resource'>;
  readonly leader: Gauge<'name'>;
  /** The text of `/metrics`. */
  render(): Promise<string>;
}

const WAIT_BUCKETS = [1e-3, 1e-2, 0.1, 1, 10, 100, 1000];
const WORK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics of one operator, with every series of the given controllers at zero from the start. */
export function createOperatorMetrics(controllers: readonly string[]): OperatorMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const metrics = {
    queueDepth: new Gauge({ name: 'workqueue_depth', help: 'Keys waiting.', labelNames: ['name'], registers }),
    queueAdds: new Counter({ name: 'workqueue_adds_total', help: 'Keys added.', labelNames: ['name'], registers }),
    queueRetries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys that are tried again after a failure.',
      labelNames: ['name'],
      registers,
    }),
    queueWait: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long a key waits before it is worked on.',
      labelNames: ['name'],
      buckets: WAIT_BUCKETS,
      registers,
    }),
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
    watchRestarts: new Counter({
      name: 'proviso_watch_restarts_total',
      help: 'Watches that were interrupted by an error.',
      labelNames: ['resource'],
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
    metrics.queueDepth.set({ name }, 0);
    metrics.queueAdds.inc({ name }, 0);
    metrics.queueRetries.inc({ name }, 0);
    metrics.reconcileErrors.inc({ controller: name }, 0);
    metrics.activeWorkers.set({ controller: name }, 0);
    for (const result of ['success', 'requeue_after', 'error']) metrics.reconciles.inc({ controller: name, result }, 0);
  }
  return { ...metrics, render: () => registry.metrics() };
}
