import { readFile } from 'node:fs/promises';

/** Resident memory of a process, in megabytes of 10^6 bytes as the budgets count them. */
export interface Memory {
  readonly resident: number;
  /** The most it ever was. */
  readonly peak: number;
}

/** Asks the kernel, not the process: what counts in a pod is what the kernel counts. Needs /proc. */
export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return (Number(kibibytes) * 1024) / 1e6;
  };
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}
