import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNoSecrets } from './secrets.ts';

/** One of Proviso's own processes, running as it would in a pod. */
export interface Running {
  readonly name: string;
  readonly logFile: string;
  readonly child: ChildProcess;
  /** SIGTERM, then SIGKILL after 12 s; resolves with the exit code. Throws if a secret of the tests is in the log. */
  stop(): Promise<number | null>;
}

const LAST_CHARACTERS = 2_000;

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
  const closed = once(child, 'close').catch(() => {});
  // Whatever a test says then, this is why.
  child.on('close', async (code) => {
    if (code === null || code === 0) return;
    const last = (await readFile(logFile, 'utf8').catch(() => '')).slice(-LAST_CHARACTERS);
    console.error(`# ${name} ended with ${code}; its last lines:\n${last}`);
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await exited;
      clearTimeout(killer);
    }
    // What it has started may hold its output open; then nothing more of its own comes.
    await Promise.race([closed, sleep(500, undefined, { ref: false })]);
    await new Promise((resolve) => log.write('', resolve));
    assertNoSecrets(`${name} (${logFile})`, await readFile(logFile, 'utf8').catch(() => ''));
    return child.exitCode;
  };
  return { name, logFile, child, stop };
}
