/** Counts failures by key and says how long to wait before the next try. */
export interface Backoff {
  next(key: string): number;
  forget(key: string): void;
}

const BASE_MS = 500;
const MAX_MS = 15 * 60_000;
/** All keys together: a fault that hits everything at once must not become a storm of retries. */
const PER_SECOND = 10;
const BURST = 100;

export interface BackoffOptions {
  /** In [0, 1). */
  readonly random?: () => number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Half a second, doubled each time up to 15 minutes, with a jitter of a fifth; longer where all keys together fail more
 * than ten times a second for long.
 */
export function createBackoff({ random = Math.random, now = () => performance.now() }: BackoffOptions = {}): Backoff {
  const failures = new Map<string, number>();
  let tokens = BURST;
  let filledAt = now();

  /** Takes a token and says when it will be there; tokens may be owed. */
  function reserve(): number {
    const time = now();
    tokens = Math.min(BURST, tokens + ((time - filledAt) / 1000) * PER_SECOND) - 1;
    filledAt = time;
    return tokens >= 0 ? 0 : (-tokens / PER_SECOND) * 1000;
  }

  return {
    next(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      const own = Math.min(MAX_MS, BASE_MS * 2 ** count) * (0.8 + 0.4 * random());
      return Math.max(own, reserve());
    },
    forget(key) {
      failures.delete(key);
    },
  };
}
