import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = new URL('../..', import.meta.url).pathname;

const exec = promisify(execFile);

/** buildah with a store of its own, that no registry is asked for. */
export interface Buildah {
  readonly env: NodeJS.ProcessEnv;
  /** Runs it, and resolves with what it prints. Throws with what it complains of. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** Makes an image of a folder. */
  readonly pack: (name: string, folder: string) => Promise<void>;
}

/** It has to be there, and to work for who runs the tests, which as root takes no more than `apt-get install buildah`. */
export async function openBuildah(folder: string): Promise<Buildah> {
  await mkdir(folder, { recursive: true });
  const storage = join(folder, 'storage.conf');
  const settings = (driver: string): string =>
    `[storage]\ndriver = "${driver}"\ngraphroot = "${folder}/images"\nrunroot = "${folder}/run"\n`;
  const env = {
    ...process.env,
    CONTAINERS_STORAGE_CONF: storage,
    BUILDAH_ISOLATION: 'chroot',
    STORAGE_DRIVER: undefined,
  };
  const run = async (...args: readonly string[]): Promise<string> =>
    (await exec('buildah', args, { cwd: ROOT, env, maxBuffer: 64 << 20 })).stdout;
  await writeFile(storage, settings('overlay'));
  await run('info').catch(async () => {
    // Not on every file system.
    await writeFile(storage, settings('vfs'));
    await run('info');
  });
  const recipe = join(folder, 'Dockerfile');
  await writeFile(recipe, 'FROM scratch\nCOPY . /\nENV PATH=/src/node_modules/.bin:/usr/local/bin:/usr/bin\n');
  return {
    env,
    run,
    pack: async (name, from) => void (await run('build', '--quiet', '--file', recipe, '--tag', name, from)),
  };
}

/** Why no image can be built here, as where nobody may mount anything; undefined where one can. */
export async function whyNoImages(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-buildah-'));
  try {
    const { run, pack } = await openBuildah(join(folder, 'buildah'));
    const content = join(folder, 'content');
    await mkdir(content);
    await writeFile(join(content, 'file'), '');
    await pack('localhost/probe', content);
    const container = (await run('from', '--pull-never', 'localhost/probe')).trim();
    await run('mount', container);
    await run('rm', container);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder for the PATH that has these programs and no others. */
export async function onlyPrograms(folder: string, names: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const { stdout } = await exec('sh', ['-c', `command -v ${name}`]);
    await symlink(stdout.trim(), join(folder, name));
  }
  return folder;
}
