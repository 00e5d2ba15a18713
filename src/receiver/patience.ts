import { Problem } from '../api/problem.ts';

/** How long a peer may keep us waiting at once; a line that breaks for a moment is no attack. */
const GRACE_MS = 20_000;
/** What it has to move to be waited for on and on; a modem does more. */
const BYTES_PER_SECOND = 4096;

/** The time that the peer of one request may still keep us waiting: used up by waiting, earned again by bytes. */
export interface Patience {
  /** Waits for the peer. Throws `body-too-slow` once its time is used up, though the work goes on. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Notes that it was waited for, in ms. Throws `body-too-slow`. */
  spend(ms: number): void;
  earn(bytes: number): void;
}

/**
 * Whoever sends or reads a byte now and then holds a connection and a place among the requests for as long as he likes, and
 * timeouts for silence never notice. Only time that is spent waiting for the peer counts: a slow disk is not his fault.
 */
export function createPatience(graceMs: number = GRACE_MS, bytesPerSecond: number = BYTES_PER_SECOND): Patience {
  let left = graceMs;
  const slow = (): Problem =>
    new Problem('body-too-slow', `the connection moves less than ${bytesPerSecond} bytes a second`, {
      hint: 'send it again over a connection that is faster; what came so far was not kept',
    });
  function spend(ms: number): void {
    left -= ms;
    if (left < 0) throw slow();
  }
  return {
    spend,
    async wait(work) {
      const since = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(slow()), left);
      });
      try {
        return await Promise.race([work, late]);
      } finally {
        clearTimeout(timer);
        left -= performance.now() - since;
      }
    },
    earn(bytes) {
      left = Math.min(graceMs, left + (bytes / bytesPerSecond) * 1000);
    },
  };
}

/** Passes bytes on to a reader who may not take for ever. */
export async function* paced(source: AsyncIterable<Buffer>, patience = createPatience()): AsyncGenerator<Buffer, void> {
  for await (const chunk of source) {
    const since = performance.now();
    yield chunk;
    patience.earn(chunk.length);
    patience.spend(performance.now() - since);
  }
}
