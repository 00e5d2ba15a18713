import { setTimeout as sleep } from 'node:timers/promises';

const CHECK_MS = 2_000;
/** What clocks are corrected by in passing is less. */
const JUMP_MS = 5_000;

/**
 * Tells when the wall clock jumped against the monotonic one: a machine that was suspended, a clock that was set. Timers for
 * deadlines and rotations were computed by the old time then.
 */
export async function followClock(now: () => Date, signal: AbortSignal, onJump: (ms: number) => void): Promise<void> {
  const offset = (): number => now().getTime() - performance.now();
  let before = offset();
  while (!signal.aborted) {
    await sleep(CHECK_MS, undefined, { signal }).catch(() => {});
    const moved = offset() - before;
    if (Math.abs(moved) < JUMP_MS) continue;
    before += moved;
    onJump(moved);
  }
}
