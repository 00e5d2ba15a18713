/** A wait that ends when somebody wakes it. */
export interface Waker {
  /** What wakes from here on ends the next wait at once, and what was before is over. */
  reset(): void;
  wake(): void;
  /** For so many ms, until it is woken, or until the signal. */
  wait(ms: number): Promise<void>;
}

/** Longer ones would fire at once. */
const MAX_MS = 2 ** 31 - 1;

export function createWaker(signal: AbortSignal): Waker {
  let woken = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => woken.resolve(), { once: true });
  return {
    reset() {
      woken.resolve();
      if (!signal.aborted) woken = Promise.withResolvers<void>();
    },
    wake: () => woken.resolve(),
    async wait(ms) {
      if (signal.aborted) return;
      const { promise, resolve } = woken;
      const timer = setTimeout(resolve, Math.min(MAX_MS, ms));
      await promise;
      clearTimeout(timer);
    },
  };
}
