/** Work that was ended since it took too long. */
export class DeadlineError extends Error {}

/** Runs `work` under a signal that aborts with the parent's, or with a `DeadlineError` after `ms` milliseconds. */
export async function withDeadline<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const follow = () => abort.abort(parent?.reason);
  const timer = setTimeout(() => abort.abort(new DeadlineError(`it took longer than ${ms} ms`)), ms);
  if (parent?.aborted) follow();
  // Taken away at the end: a parent that lives as long as the process would otherwise collect a listener a request.
  parent?.addEventListener('abort', follow, { once: true });
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener('abort', follow);
  }
}
