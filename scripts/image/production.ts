import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/**
 * What `npm sbom` says of the production dependencies that are installed in a folder, as CycloneDX. It is asked about a
 * lock file that has nothing else: with `--omit dev` it leaves out what a development dependency needs too.
 */
export async function productionSbom(root: string): Promise<string> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(root, name), 'utf8'));
  const lock = (await read('package-lock.json')) as Lock;
  // What is for other machines is in the lock file, and not on the disk.
  const kept = Object.entries(lock.packages).filter(([path, { dev }]) => dev !== true && existsSync(join(root, path)));
  const packages = Object.fromEntries(kept.map(([path, entry]) => [path, path === '' ? withoutDev(entry) : entry]));
  const folder = await mkdtemp(join(tmpdir(), 'proviso-sbom-'));
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify(withoutDev((await read('package.json')) as object)));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
    const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--offline'];
    return (await promisify(execFile)('npm', args, { cwd: folder, maxBuffer: 64 << 20 })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const withoutDev = (manifest: object): object => ({ ...manifest, devDependencies: undefined });
