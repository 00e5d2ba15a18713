import { threadId } from 'node:worker_threads';

/** What a pool is made to run in its tests: each export is a task. */

export const echo = (value: unknown): unknown => value;

export const thread = (): number => threadId;

/** Takes so many ms of a processor. */
export function compute(ms: number): string {
  const cpu = process.threadCpuUsage();
  let used = 0;
  while (used < ms * 1000) {
    const { user, system } = process.threadCpuUsage(cpu);
    used = user + system;
  }
  return `${ms} ms`;
}

export function hang(): never {
  for (;;);
}

export function eat(): never {
  const eaten: number[][] = [];
  for (;;) eaten.push(new Array<number>(1 << 16).fill(eaten.length));
}

export function exit(): void {
  process.exit(1);
}

export function fail(): never {
  throw new RangeError('a fault of the task');
}

/** How many bytes came along, and whether they are what was sent. */
export const sum = (buffers: readonly ArrayBuffer[]): number =>
  buffers.flatMap((each) => [...new Uint8Array(each)]).reduce((total, byte) => total + byte, 0);
