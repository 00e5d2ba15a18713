import { execFile } from 'node:child_process';
import pc from 'picocolors';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Expectation {
  /** Exit code; 0 unless given. */
  readonly code?: number;
  /** What the output has to say, on either stream. */
  readonly says?: RegExp;
  /** Show nothing of the output, it is only a preparation. */
  readonly quiet?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A step of the story that didn't end as told. */
export class StoryError extends Error {}

export const chapter = (title: string): void => console.log(`\n${pc.bold(pc.cyan(`── ${title} `.padEnd(96, '─')))}`);
export const say = (text: string): void => console.log(pc.dim(`# ${text}`));

/** Runs a command, shows it as a person would type it with what it prints, and checks the stated outcome. */
export async function run(shown: string, command: readonly string[], expected: Expectation = {}): Promise<Outcome> {
  console.log(`${pc.green('$')} ${pc.bold(shown)}`);
  const outcome = await execute(command, expected);
  const output = `${outcome.stdout}${outcome.stderr}`.trimEnd();
  if (!expected.quiet && output !== '') console.log(output.replaceAll(/^/gm, '  '));
  const wanted = expected.code ?? 0;
  if (outcome.code !== wanted) throw new StoryError(`'${shown}' ended with ${outcome.code}, not ${wanted}\n${output}`);
  if (wanted !== 0) console.log(pc.yellow(`  (exit code ${outcome.code}, as it should)`));
  if (expected.says !== undefined && !expected.says.test(output)) {
    throw new StoryError(`'${shown}' did not say ${expected.says}\n${output}`);
  }
  return outcome;
}

function execute(command: readonly string[], options: Expectation): Promise<Outcome> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { env: { ...process.env, npm_config_loglevel: 'error', ...options.env }, cwd: options.cwd, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code !== 'number') reject(error);
        else resolve({ code, stdout, stderr });
      },
    );
    // A program that reads nothing may be gone already.
    child.stdin?.on('error', () => {}).end();
  });
}
