import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { tool } from '../tools/tool.ts';
import { ROOT } from './buildah.ts';

/**
 * What stands for the images of registries, which a test doesn't ask: folders with the programs of this machine and the
 * libraries that they are linked with, and nothing else. So each lacks a shell, as the real base does.
 */
const run = promisify(execFile);

/** Copies a program to a place in the root, and the libraries that it needs to where the loader looks for them. */
async function addProgram(root: string, program: string, place?: string): Promise<void> {
  const path = await realpath(program);
  if (place !== undefined) await cp(path, join(root, place));
  const { stdout } = await run('ldd', [path]);
  for (const [, library = ''] of stdout.matchAll(/(\/\S+) \(0x/g))
    await cp(library, join(root, library), { dereference: true, recursive: true });
}

/** The libraries of Node alone: what the program brings along has to be enough. */
export async function makeBase(root: string): Promise<void> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  await addProgram(root, process.execPath);
}

/** npm, and what it takes to start it; `node_modules` is mounted. */
export async function makeModules(root: string): Promise<void> {
  for (const folder of ['tmp', 'usr/bin', 'usr/local/bin', 'src']) await mkdir(join(root, folder), { recursive: true });
  await addProgram(root, process.execPath);
  await addProgram(root, '/usr/bin/env', 'usr/bin/env');
  const [npm] = (await run('sh', ['-c', 'command -v npm'])).stdout.split('\n');
  await cp(dirname(dirname(await realpath(npm ?? ''))), join(root, 'usr/lib/npm'), {
    recursive: true,
    dereference: true,
  });
  await symlink('../../lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
}

/** OPA as the other tests have it: of the same pins, and built with the same flags. */
export async function makeOpa(root: string): Promise<void> {
  await mkdir(join(root, 'out'), { recursive: true });
  const opa = await tool('opa');
  await cp(opa, join(root, 'out/opa'));
  await writeFile(join(root, 'out/opa.modules'), (await run('go', ['version', '-m', opa], { cwd: ROOT })).stdout);
}
