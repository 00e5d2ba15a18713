/** Counts failures by key and says how long to wait before the next try. */
export interface Backoff {
  next(key: string): number;
  forget(key: string): void;
}

const BASE_MS = 500;
const MAX_MS = 15 * 60_000;

/** Half a second, doubled each time up to 15 minutes, with a jitter of a fifth; `random` in [0, 1). */
export function createBackoff(random: () => number = Math.random): Backoff {
  const failures = new Map<string, number>();
  return {
    next(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(MAX_MS, BASE_MS * 2 ** count) * (0.8 + 0.4 * random());
    },
    forget(key) {
      failures.delete(key);
    },
  };
}
