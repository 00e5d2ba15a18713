import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HealthCheck } from './health.ts';

const RESOLUTION_MS = 100;
/** Nothing here computes for that long; a process that is this late time after time gets nothing done. */
const LATE_MS = 1_000;

/** A check that fails while the event loop is late by more than a second on average since it was last asked. */
export function watchEventLoop(): HealthCheck {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return () => {
    // NaN when nothing was measured since.
    const mean = delay.mean / 1e6;
    delay.reset();
    return mean > LATE_MS ? `the event loop is late by ${Math.round(mean)} ms on average` : undefined;
  };
}
