import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How work queues do, under the names of client-go. */
export interface QueueMetrics {
  readonly queueDepth: Gauge<'name' | 'priority'>;
  readonly queueAdds: Counter<'name'>;
  readonly queueRetries: Counter<'name'>;
  /** Seconds from add to take. */
  readonly queueWait: Histogram<'name'>;
  /** Seconds from take to done. */
  readonly workSeconds: Histogram<'name'>;
}

const WAIT_BUCKETS = [1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

/** With every series of the named queues at zero from the start. */
export function createQueueMetrics(registry: Registry, names: readonly string[]): QueueMetrics {
  const registers = [registry];
  const metrics = {
    queueDepth: new Gauge({
      name: 'workqueue_depth',
      help: 'Keys waiting, by priority: live changes, or the backlog of a start.',
      labelNames: ['name', 'priority'],
      registers,
    }),
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
    workSeconds: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long working on a key takes.',
      labelNames: ['name'],
      buckets: WAIT_BUCKETS,
      registers,
    }),
  } as const;
  for (const name of names) {
    for (const priority of ['live', 'backlog']) metrics.queueDepth.set({ name, priority }, 0);
    metrics.queueAdds.inc({ name }, 0);
    metrics.queueRetries.inc({ name }, 0);
  }
  return metrics;
}

/** Counts what happens in the queue of the name. */
export const queueObserver = ({ queueAdds, queueWait, queueDepth }: QueueMetrics, name: string) => ({
  added: () => queueAdds.inc({ name }),
  taken: (seconds: number) => queueWait.observe({ name }, seconds),
  depth: (keys: number, priority: string) => queueDepth.set({ name, priority }, keys),
});
