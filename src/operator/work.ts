import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from '../kube/client.ts';
import { refOfKey, type Store } from '../kube/store.ts';
import { type ReconcileResult, runWorkers } from '../queue/workers.ts';
import type { WorkQueue } from '../queue/workqueue.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { OperatorContext } from './context.ts';
import { judgeFailure } from './dispositions.ts';
import { workerObserver } from './observers.ts';
import type { QueueName } from './sources.ts';

const RECONCILE_TIMEOUT_MS = 60_000;

export interface WorkOptions {
  readonly name: QueueName;
  readonly queue: WorkQueue;
  /** Reconciles at once. */
  readonly workers: number;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** Ends every reconcile. */
  readonly cut: AbortSignal;
  /** A client whose requests end with the signal. */
  readonly clientOf: (signal: AbortSignal) => KubeClient;
}

/** Works on one kind until its queue is shut down; each reconcile has a client, a log and a signal of its own. */
export function startWork<T extends KubeObject>(
  { name, queue, workers, metrics, log, cut, clientOf }: WorkOptions,
  context: OperatorContext,
  store: Store<T>,
  reconcile: (context: OperatorContext, object: T) => Promise<ReconcileResult>,
): Promise<void> {
  metrics.maxWorkers.set({ controller: name }, workers);
  const logOf = (key: string) => log.child({ controller: name, key, reconcileID: randomUUID() });
  return runWorkers({
    queue,
    workers,
    timeoutMs: RECONCILE_TIMEOUT_MS,
    observer: workerObserver(metrics, name),
    judge: judgeFailure,
    reconcile: async (key, signal) => {
      const object = store.get(refOfKey(key));
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) return {};
      const own = logOf(key);
      const until = AbortSignal.any([signal, cut]);
      return reconcile({ ...context, client: clientOf(until), log: own, signal: until }, object).catch(
        (error: unknown) => {
          const { kind } = judgeFailure(error);
          const level = { retry: 'warn', permanent: 'error', conflict: 'debug', wait: 'debug' } as const;
          own[level[kind]]({ err: error, disposition: kind }, 'Reconcile failed');
          throw error;
        },
      );
    },
  });
}
