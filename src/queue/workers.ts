import { createBackoff } from './backoff.ts';
import type { WorkQueue } from './workqueue.ts';

/** How a reconcile ended well. */
export interface ReconcileResult {
  /** Look again after this time, in milliseconds. */
  readonly requeueAfterMs?: number;
}

/** An error that trying again can't help; the key rests until something changes. */
export class PermanentError extends Error {}

export interface WorkerOptions {
  readonly queue: WorkQueue;
  /** How many keys are worked on at once. */
  readonly workers: number;
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  /** A reconcile that takes longer counts as failed. */
  readonly timeoutMs: number;
  readonly onError: (key: string, error: unknown) => void;
  readonly observer?: WorkerObserver;
}

/** How a reconcile ended. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'error';

/** Told of each reconcile, for metrics. */
export interface WorkerObserver {
  started(): void;
  ended(outcome: ReconcileOutcome, seconds: number): void;
  retried(): void;
}

/** Works the queue until it is shut down; resolves when every worker has ended. */
export async function runWorkers(options: WorkerOptions): Promise<void> {
  const backoff = createBackoff();
  await Promise.all(Array.from({ length: options.workers }, () => work(options, backoff)));
}

async function work(options: WorkerOptions, backoff: ReturnType<typeof createBackoff>): Promise<void> {
  const { queue } = options;
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    const started = performance.now();
    let outcome: ReconcileOutcome = 'success';
    options.observer?.started();
    try {
      const result = await withTimeout(options, key);
      backoff.forget(key);
      if (result.requeueAfterMs !== undefined) {
        outcome = 'requeue_after';
        queue.addAfter(key, result.requeueAfterMs);
      }
    } catch (error) {
      outcome = 'error';
      options.onError(key, error);
      if (error instanceof PermanentError) backoff.forget(key);
      else retry(options, backoff, key);
    } finally {
      options.observer?.ended(outcome, (performance.now() - started) / 1000);
      queue.done(key);
    }
  }
}

function retry({ queue, observer }: WorkerOptions, backoff: ReturnType<typeof createBackoff>, key: string): void {
  observer?.retried();
  queue.addAfter(key, backoff.next(key));
}

async function withTimeout(options: WorkerOptions, key: string): Promise<ReconcileResult> {
  const abort = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`the reconcile took longer than ${options.timeoutMs} ms`);
    abort.abort(error);
    timeout.reject(error);
  }, options.timeoutMs);
  try {
    return await Promise.race([options.reconcile(key, abort.signal), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
