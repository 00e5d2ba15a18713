import { execFile } from 'node:child_process';

const ROOT = new URL('../..', import.meta.url).pathname;
const BIN = `${ROOT}node_modules/.bin/`;

/** Tools that say by their exit code whether all is well. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'generated files': [process.execPath, 'scripts/gen.ts', '--check'],
  types: [`${BIN}tsc`, '--project', '.', '--noEmit'],
  'lint and format': [`${BIN}biome`, 'ci', '--colors=off', '--max-diagnostics=50', '.'],
};

/** Runs every tool and returns what the failing ones printed. */
export async function commandFindings(
  commands: Readonly<Record<string, readonly string[]>> = COMMANDS,
): Promise<readonly string[]> {
  const outcomes = await Promise.all(Object.entries(commands).map(([name, command]) => run(name, command)));
  return outcomes.filter((finding) => finding !== undefined);
}

function run(name: string, [file = '', ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd: ROOT, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${name}:\n${stdout}${stderr}`);
    });
  });
}
