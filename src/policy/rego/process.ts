import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { excerpt } from '../../api/excerpt.ts';
import { deferProcess, LAST, LONG_MS, PATIENT } from '../nice.ts';

/** What one run of OPA may take. */
export interface ProcessLimits {
  /** Milliseconds from its start. */
  readonly timeoutMs: number;
  /** Bytes of memory that it may have resident. */
  readonly memoryBytes: number;
  /** Bytes of its answer. */
  readonly outputBytes: number;
}

/** What OPA wrote before it ended as it does. */
export interface Answered {
  /** 0 if all is well. */
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** How a run of OPA ended. */
export type ProcessEnd =
  | { readonly kind: 'answered'; readonly answer: Answered }
  | { readonly kind: 'timeout' | 'memory' | 'output' | 'stopped' }
  /** By itself, and not as it ends. */
  | { readonly kind: 'died'; readonly how: string; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'unstartable'; readonly why: string };

export interface ProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working and home directory. */
  readonly folder: string;
  readonly input?: string;
  readonly limits: ProcessLimits;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How often its memory is looked at. A policy touches some 2 GB/s at most, so it gets over the limit by some 40 MB. */
const WATCH_MS = 20;
/** Of what OPA says on standard error, this is kept: errors in a source, and what the source prints. */
const MAX_ERRORS_BYTES = 1 << 20;

/**
 * Runs OPA once, in a process of its own: what it takes and how it dies is nobody else's affair, and killing it is the only
 * way of ending a policy that is sure. Its environment is empty.
 */
export function runOpa(options: ProcessOptions): Promise<ProcessEnd> {
  const { limits, signal } = options;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'stopped' });
    const child = start(options);
    if (child instanceof Error) return resolve({ kind: 'unstartable', why: child.message });
    let killedFor: 'timeout' | 'memory' | 'output' | 'stopped' | undefined;
    const kill = (why: typeof killedFor): void => {
      killedFor ??= why;
      child.kill('SIGKILL');
    };
    const stop = (): void => kill('stopped');
    const timer = setTimeout(() => kill('timeout'), limits.timeoutMs);
    const long = setTimeout(() => deferProcess(child.pid, LAST), LONG_MS);
    const watch = setInterval(() => {
      if (residentBytes(child) > limits.memoryBytes) kill('memory');
    }, WATCH_MS);
    signal.addEventListener('abort', stop, { once: true });
    const finish = (end: ProcessEnd): void => {
      clearTimeout(timer);
      clearTimeout(long);
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      resolve(end);
    };

    const output = collect(limits.outputBytes, () => kill('output'));
    const errors = collect(MAX_ERRORS_BYTES, () => {});
    child.stdout.on('data', output.add);
    child.stderr.on('data', errors.add);
    child.on('error', (error) => finish({ kind: 'unstartable', why: error.message }));
    child.on('close', (code, endedBy) => {
      if (killedFor !== undefined) return finish({ kind: killedFor });
      const answer = { output: output.text(), errors: errors.text() };
      // Go ends with 2 as well when it gives up, with nothing but a dump of its stacks.
      const says = answer.output !== '' || answer.errors.startsWith('{');
      if (code === 0 || (code !== null && says)) return finish({ kind: 'answered', answer: { code, ...answer } });
      const said = answer.errors.trim().split('\n')[0] ?? '';
      const how = `it ended with ${code ?? endedBy}${said === '' ? '' : `: ${excerpt(said, 300)}`}`;
      finish({ kind: 'died', how, signal: endedBy });
    });
    preferForKilling(child);
    // One that is gone already takes no input; its end says why.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** Some of what hinders a start is thrown, and the rest told by an event. */
function start({ program, args, folder, limits }: ProcessOptions): ChildProcessWithoutNullStreams | Error {
  try {
    const child = spawn(program, args, { cwd: folder, env: environment(folder, limits), stdio: 'pipe' });
    deferProcess(child.pid, PATIENT);
    return child;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Keeps the first bytes of a stream, and says once there are more. */
function collect(limit: number, full: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer): void {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else full();
    },
    text: (): string => Buffer.concat(chunks).toString('utf8'),
  };
}

/** Nothing of ours. Go collects garbage eagerly near the limit; one thread of Go's keeps a runaway to one core. */
const environment = (folder: string, { memoryBytes }: ProcessLimits): NodeJS.ProcessEnv => ({
  HOME: folder,
  TMPDIR: folder,
  GOMAXPROCS: '1',
  GOMEMLIMIT: String(Math.floor(memoryBytes * 0.8)),
});

/** Where the system doesn't tell (it isn't Linux), 0: Go's own limit and the time limit remain. */
function residentBytes({ pid }: ChildProcess): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** If the container as a whole runs out of memory, the kernel shall take a policy and not who evaluates it. */
function preferForKilling({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Not Linux, or it has ended.
  }
}
