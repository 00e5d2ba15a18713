import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/main.ts';
import { assertNoSecrets, useToken } from './secrets.ts';
import type { Shop } from './shop.ts';

/** Of this process, once: it listens to its streams. */
const HERE = processIo();
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both, one after the other. */
  readonly text: string;
}

/** The Secret of a workflow as files in a directory, as a pod sees it; returns the directory. */
export async function mountSecret(shop: Shop, workflow: string): Promise<string> {
  await shop.tokenOf(workflow);
  const secret = await shop.kubectl(`get secret -n shop proviso-${workflow} -o json`);
  const { data } = JSON.parse(secret) as { data: Readonly<Record<string, string>> };
  const directory = join(shop.stack.controlPlane.dir, `mount-${workflow}`);
  await mkdir(directory, { recursive: true });
  for (const [name, value] of Object.entries(data)) {
    await writeFile(join(directory, name), Buffer.from(value, 'base64'));
  }
  return directory;
}

/** The real program in a directory; the variables are all that it knows. */
export const runProviso = (cwd: string, args: string, env: Readonly<Record<string, string>>): Promise<CommandOutcome> =>
  run(process.execPath, [MAIN, ...args.split(' ')], cwd, env);

/** The same in this process, which takes a second less. */
export async function runHere(
  cwd: string,
  args: string,
  env: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  const said = { out: '', err: '' };
  const writeTo = (stream: 'out' | 'err') => (text: string) => {
    said[stream] += `${text}\n`;
  };
  const io = { ...HERE, interactive: false, cwd, env, out: writeTo('out'), err: writeTo('err') };
  const code = await runCli(args.split(' '), io);
  return { code, ...said, text: said.out + said.err };
}

/** A script of a page, with `proviso` as a command, and others by the programs that are given. */
export async function runScript(
  cwd: string,
  script: string,
  env: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  const commands = { proviso: `'${process.execPath}' '${MAIN}'`, ...programs };
  const functions = Object.entries(commands).map(([name, command]) => `${name}() { ${command} "$@"; }\n`);
  return run('/bin/sh', ['-euc', `${functions.join('')}${script}`], cwd, env);
}

/** What it says on the way, on stderr, is as a log: no secret has a place there. On stdout is what was asked for. */
function run(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  if (env.PROVISO_TOKEN !== undefined) useToken(env.PROVISO_TOKEN);
  return new Promise<CommandOutcome>((resolve, reject) => {
    execFile(file, args, { cwd, env: { PATH: process.env.PATH ?? '', ...env } }, (error, out, err) => {
      try {
        assertNoSecrets('the command', err);
      } catch (leak) {
        reject(leak);
        return;
      }
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, err, text: out + err });
    });
  });
}
