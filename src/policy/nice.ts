import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** Of what evaluates policies: whatever it does, who answers requests comes first where there are too few processors. */
const NICE = 5;

/** Lets a process come after others. Where that isn't possible nothing changes. */
export function deferProcess(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch {
    // It has ended, or this is a system without.
  }
}

/** The same for the thread that calls it: on Linux a thread has a priority of its own, under an id that only the kernel tells. */
export function deferThread(): void {
  try {
    deferProcess(Number(basename(readlinkSync('/proc/thread-self'))));
  } catch {
    // No Linux.
  }
}
