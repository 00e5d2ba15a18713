import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const READY_SECONDS = 60;
const TAIL_CHARACTERS = 2000;

/** A server that is stopped with the process that started it. */
export interface Child {
  /** The last lines it wrote. */
  tail(): string;
  /** Throws with its last lines once it has exited. */
  assertAlive(): void;
  /** Asks the address until it answers 200; throws with the last lines of this child or a dependency if one ends. */
  untilReady(url: string, ...dependencies: readonly Child[]): Promise<void>;
  restart(hard: boolean): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();
// An interrupted test run leaves no server behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(130);
  });
}

export interface ChildOptions {
  /** Beside this process's own variables. */
  readonly env?: NodeJS.ProcessEnv;
  /** Who runs it; absent, who runs this process. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export function spawnChild(
  name: string,
  file: string,
  args: readonly string[],
  { env = {}, user }: ChildOptions = {},
): Child {
  let tail = '';
  let child = start();

  function start(): ChildProcess {
    const started = spawn(file, args, { ...user, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    running.add(started);
    const collect = (chunk: Buffer) => {
      tail = `${tail}${chunk.toString()}`.slice(-TAIL_CHARACTERS);
    };
    started.stdout?.on('data', collect);
    started.stderr?.on('data', collect);
    started.on('exit', () => running.delete(started));
    started.on('error', (error) => collect(Buffer.from(error.message)));
    return started;
  }

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const assertAlive = () => {
    if (hasEnded())
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}; its last lines:\n${tail}`);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (hasEnded()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(killer);
  };

  return {
    tail: () => tail,
    assertAlive,
    async untilReady(url, ...dependencies) {
      const end = Date.now() + READY_SECONDS * 1000;
      while (Date.now() < end) {
        assertAlive();
        for (const dependency of dependencies) dependency.assertAlive();
        if (await answersOk(url)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`${name} was not ready within ${READY_SECONDS} s; its last lines:\n${tail}`);
    },
    async restart(hard) {
      await stop(hard ? 'SIGKILL' : 'SIGTERM');
      child = start();
    },
    stop,
  };
}

async function answersOk(url: string): Promise<boolean> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  // Only the question whether it is up; its certificate is made by itself a moment ago.
  const options = { rejectUnauthorized: false, timeout: 2000, agent: false } as const;
  return new Promise((resolve) => {
    const asked = request(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false)).on('timeout', () => asked.destroy());
    asked.end();
  });
}
