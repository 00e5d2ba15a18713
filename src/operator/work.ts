import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../api/object.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import { refOfKey, type Store } from '../kube/store.ts';
import { type ReconcileResult, runWorkers } from '../queue/workers.ts';
import type { WorkQueue } from '../queue/workqueue.ts';
import { factsOfRun, working } from '../telemetry/facts.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import { IDS_ONLY, type Tracing } from '../telemetry/tracing.ts';
import type { OperatorContext } from './context.ts';
import { judgeFailure } from './dispositions.ts';
import { workerObserver } from './observers.ts';
import type { QueueName } from './sources.ts';
import { traceOf } from './trace-of.ts';

const RECONCILE_TIMEOUT_MS = 60_000;

export interface WorkOptions {
  readonly name: QueueName;
  readonly queue: WorkQueue;
  /** Reconciles at once. */
  readonly workers: number;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** Absent: nobody collects traces. */
  readonly tracing: Tracing | undefined;
  /** Ends every reconcile. */
  readonly cut: AbortSignal;
  /** A client whose requests end with the signal. */
  readonly clientOf: (signal: AbortSignal) => KubeClient;
}

/** Works on one kind until its queue is shut down; each reconcile has a client, a trace and a signal of its own. */
export function startWork<T extends KubeObject>(
  { name, queue, workers, metrics, log, tracing = IDS_ONLY, cut, clientOf }: WorkOptions,
  context: OperatorContext,
  store: Store<T>,
  reconcile: (context: OperatorContext, object: T) => Promise<ReconcileResult>,
): Promise<void> {
  metrics.maxWorkers.set({ controller: name }, workers);
  return runWorkers({
    queue,
    workers,
    timeoutMs: RECONCILE_TIMEOUT_MS,
    observer: workerObserver(metrics, name),
    judge: judgeFailure,
    reconcile: async (key, signal) => {
      const object = store.get(refOfKey(key));
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) return {};
      const until = AbortSignal.any([signal, cut]);
      const reconcileID = randomUUID();
      const attributes = { 'proviso.key': key, 'proviso.reconcile': reconcileID };
      const run = name === 'workflowruns' ? (object as unknown as WorkflowRun) : undefined;
      const parent = run === undefined ? undefined : traceOf(run, context.now());
      const facts = { controller: name, key, reconcileID, ...(run === undefined ? {} : factsOfRun(run)) };
      const span = tracing.span(`reconcile ${name}`, { kind: 'internal', parent, attributes });
      return working(span.context, facts, async () => {
        try {
          const result = await reconcile({ ...context, client: clientOf(until), signal: until }, object);
          span.end();
          return result;
        } catch (error) {
          const { kind } = judgeFailure(error);
          const level = { retry: 'warn', permanent: 'error', conflict: 'debug', wait: 'debug' } as const;
          log[level[kind]]({ err: error, disposition: kind }, 'Reconcile failed');
          span.end(kind === 'wait' ? undefined : kind);
          throw error;
        }
      });
    },
  });
}
