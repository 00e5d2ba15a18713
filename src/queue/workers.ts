import { type Backoff, createBackoff } from './backoff.ts';
import type { Disposition } from './disposition.ts';
import type { WorkQueue } from './workqueue.ts';

/** How a reconcile ended well. */
export interface ReconcileResult {
  /** Look again after this time, in milliseconds. */
  readonly requeueAfterMs?: number;
}

export interface WorkerOptions {
  readonly queue: WorkQueue;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /** The signal aborts when it takes too long; it should then end soon, since the key isn't worked on again before. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  /** A reconcile that takes longer counts as failed. */
  readonly timeoutMs: number;
  /** What an error leads to. */
  readonly judge: (error: unknown) => Disposition;
  readonly observer?: WorkerObserver;
  readonly random?: () => number;
}

/** How a reconcile ended. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'requeue' | 'error' | 'terminal' | 'timeout';

/** Told of each reconcile, for metrics. */
export interface WorkerObserver {
  started(key: string): void;
  ended(key: string, outcome: ReconcileOutcome, seconds: number): void;
  retried(): void;
}

/** A reconcile that was cut. */
export class ReconcileTimeout extends Error {}

/** What was permanent is looked at again after this time. */
const PERMANENT_MS = 10 * 60_000;

/** Works the queue until it is shut down; resolves when every worker has ended. */
export async function runWorkers(options: WorkerOptions): Promise<void> {
  const backoff = createBackoff(options.random === undefined ? {} : { random: options.random });
  await Promise.all(Array.from({ length: options.workers }, () => work(options, backoff)));
}

async function work(options: WorkerOptions, backoff: Backoff): Promise<void> {
  const { queue, observer } = options;
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    const started = performance.now();
    observer?.started(key);
    const outcome = await settle(options, backoff, key);
    observer?.ended(key, outcome, (performance.now() - started) / 1000);
  }
}

/** Works on a key, says when it comes back, and gives it back once nothing of the reconcile runs any more. */
async function settle(options: WorkerOptions, backoff: Backoff, key: string): Promise<ReconcileOutcome> {
  const { queue, judge } = options;
  const abort = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new ReconcileTimeout(`the reconcile took longer than ${options.timeoutMs} ms`);
    abort.abort(error);
    timeout.reject(error);
  }, options.timeoutMs);
  const reconciling = Promise.try(options.reconcile, key, abort.signal);
  const over = reconciling.then(
    () => {},
    () => {},
  );
  try {
    const { requeueAfterMs } = await Promise.race([reconciling, timeout.promise]);
    backoff.forget(key);
    if (requeueAfterMs === undefined) return 'success';
    queue.addAfter(key, requeueAfterMs);
    return 'requeue_after';
  } catch (error) {
    return comeBack(options, backoff, key, judge(error), error);
  } finally {
    clearTimeout(timer);
    void over.then(() => queue.done(key));
  }
}

function comeBack(
  { queue, observer }: WorkerOptions,
  backoff: Backoff,
  key: string,
  disposition: Disposition,
  error: unknown,
): ReconcileOutcome {
  switch (disposition.kind) {
    case 'wait':
      backoff.forget(key);
      return 'success';
    case 'permanent':
      backoff.forget(key);
      queue.addAfter(key, PERMANENT_MS);
      return 'terminal';
    case 'conflict':
      queue.addAfter(key, backoff.next(key));
      return 'requeue';
    case 'retry':
      observer?.retried();
      queue.addAfter(key, Math.max(backoff.next(key), disposition.atLeastMs ?? 0));
      return error instanceof ReconcileTimeout ? 'timeout' : 'error';
  }
}
