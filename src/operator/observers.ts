import type { WorkerObserver } from '../queue/workers.ts';
import type { QueueObserver } from '../queue/workqueue.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { QueueName } from './sources.ts';

/** The controllers, by the names that their metrics carry. */
export const CONTROLLERS: readonly QueueName[] = ['contracts', 'workflows', 'workflowruns', 'evidencestores'];

export const queueObserver = (metrics: OperatorMetrics, name: QueueName): QueueObserver => ({
  added: () => metrics.queueAdds.inc({ name }),
  taken: (seconds) => metrics.queueWait.observe({ name }, seconds),
  depth: (keys) => metrics.queueDepth.set({ name }, keys),
});

export const workerObserver = (metrics: OperatorMetrics, controller: QueueName): WorkerObserver => ({
  started: () => metrics.activeWorkers.inc({ controller }),
  ended: (result, seconds) => {
    metrics.activeWorkers.dec({ controller });
    metrics.reconciles.inc({ controller, result });
    if (result === 'error') metrics.reconcileErrors.inc({ controller });
    metrics.reconcileSeconds.observe({ controller }, seconds);
  },
  retried: () => metrics.queueRetries.inc({ name: controller }),
});
