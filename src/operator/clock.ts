import { setTimeout as sleep } from 'node:timers/promises';

const CHECK_MS = 2_000;
/** What clocks are corrected by in passing is less. */
const JUMP_MS = 5_000;

/** The wall clock, with a watch on it. */
export interface Clock {
  now(): Date;
  /** Resolves once the signal has come and nothing runs any more. */
  readonly stopped: Promise<void>;
}

/**
 * Tells when the wall clock jumped against the monotonic one: a machine that was suspended, a clock that was set. Timers for
 * deadlines and rotations were computed by the old time then. Each reading is checked too: what was judged by a time that
 * was put right a moment later is told of twice, and not left standing.
 */
export function followClock(wall: () => Date, signal: AbortSignal, onJump: (ms: number) => void): Clock {
  const read = () => {
    const date = wall();
    return { date, offset: date.getTime() - performance.now() };
  };
  let before = read().offset;
  const now = (): Date => {
    const { date, offset } = read();
    const moved = offset - before;
    if (Math.abs(moved) >= JUMP_MS) {
      before = offset;
      onJump(moved);
    }
    return date;
  };
  const check = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(CHECK_MS, undefined, { signal }).catch(() => {});
      now();
    }
  };
  return { now, stopped: check() };
}
