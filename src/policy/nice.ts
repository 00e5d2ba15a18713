import { readdirSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** Of what evaluates policies: who answers requests comes first where there are too few processors. */
export const PATIENT = 5;
/** Of what has taken long already, and may never end: it gets what nobody else wants. */
export const LAST = 19;
/** From when on an evaluation has taken long, in milliseconds. */
export const LONG_MS = 500;

/** Lets a process come after others, with all of its threads: on Linux each has a priority of its own. Where that isn't possible nothing changes. */
export function deferProcess(pid: number | undefined, nice: number): void {
  if (pid === undefined) return;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) deferThread(Number(thread), nice);
  } catch {
    // It has ended, or this is no Linux.
    deferThread(pid, nice);
  }
}

/** The same for one thread, by the id that the kernel has for it. */
export function deferThread(thread: number, nice: number): void {
  // 0 is who asks, and 1 is never ours.
  if (!(thread > 1)) return;
  try {
    setPriority(thread, nice);
  } catch {
    // It has ended.
  }
}

/** The id that the kernel has for the thread that asks; 0 where that isn't known. */
export function ownThread(): number {
  try {
    return Number(basename(readlinkSync('/proc/thread-self'))) || 0;
  } catch {
    return 0;
  }
}
