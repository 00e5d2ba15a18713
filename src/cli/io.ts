import { createColors } from 'picocolors';

/** The world around a command, so that tests can give another one. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether a person may be watching stderr; progress is a bar then. */
  readonly interactive: boolean;
  /** How many characters fit in a line of stdout; absent when it is no terminal. */
  readonly columns?: number;
  readonly colours: ReturnType<typeof createColors>;
  /** Writes to stdout: what the command is for. */
  out(text: string): void;
  /** Writes to stderr: progress, notes and refusals. */
  err(text: string): void;
}

/** Colours only for a terminal that takes them, and never with NO_COLOR (https://no-color.org). */
export function wantsColour(env: Io['env'], isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

/** The world of this process. */
export function processIo(): Io {
  const { env, stdout, stderr } = process;
  // Whoever reads, such as `head`, may have enough before the end; that is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    env,
    cwd: process.cwd(),
    interactive: stderr.isTTY === true && !env.CI,
    ...(stdout.isTTY === true && stdout.columns > 0 ? { columns: stdout.columns } : {}),
    colours: createColors(wantsColour(env, stdout.isTTY === true && stderr.isTTY === true)),
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
  };
}
