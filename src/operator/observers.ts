import type { WorkerObserver } from '../queue/workers.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { QueueName } from './sources.ts';

/** The controllers, by the names that their metrics carry. */
export const CONTROLLERS: readonly QueueName[] = [
  ...(['contracts', 'clustercontracts', 'workflows', 'workflowruns', 'workflowsources'] as const),
  ...(['evidencestores', 'trustroots', 'policies', 'clusterpolicies', 'waivers', 'subscriptions'] as const),
  ...(['policygroups', 'clusterpolicygroups', 'policycounts', 'clusterpolicycounts'] as const),
];

/** Results as controller-runtime counts them; what is cut or can't be helped counts as an error too. */
const RESULT = {
  success: 'success',
  requeue_after: 'requeue_after',
  requeue: 'requeue',
  error: 'error',
  terminal: 'error',
  timeout: 'error',
} as const;

export function workerObserver(metrics: OperatorMetrics, controller: QueueName): WorkerObserver {
  const running = metrics.trackRunning(controller);
  return {
    started: (key) => {
      metrics.activeWorkers.inc({ controller });
      running.set(key, performance.now());
    },
    ended: (key, outcome, seconds) => {
      running.delete(key);
      metrics.activeWorkers.dec({ controller });
      metrics.reconciles.inc({ controller, result: RESULT[outcome] });
      if (RESULT[outcome] === 'error') metrics.reconcileErrors.inc({ controller });
      if (outcome === 'terminal') metrics.terminalErrors.inc({ controller });
      if (outcome === 'timeout') metrics.timeouts.inc({ controller });
      metrics.reconcileSeconds.observe({ controller }, seconds);
      metrics.workSeconds.observe({ name: controller }, seconds);
    },
    retried: () => metrics.queueRetries.inc({ name: controller }),
  };
}
