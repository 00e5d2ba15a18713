import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** One of Proviso's own processes, running as it would in a pod. */
export interface Running {
  readonly name: string;
  readonly logFile: string;
  readonly child: ChildProcess;
  /** SIGTERM, then SIGKILL after 12 s; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node src/main.ts ARGS`, or Node with another entry; its output goes to `logFile`. */
export function startProcess(
  name: string,
  args: readonly string[],
  logFile: string,
  entry: readonly string[] = ['src/main.ts'],
): Running {
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [...entry, ...args], {
    cwd: new URL('../..', import.meta.url).pathname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await exited;
    clearTimeout(killer);
    return child.exitCode;
  };
  return { name, logFile, child, stop };
}
