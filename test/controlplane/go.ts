import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface GoBuild {
  /** The directory with the `go.mod` and the complete `go.sum`. */
  readonly module: string;
  /** A file, or a directory that ends in `/` for several packages. */
  readonly output: string;
  readonly packages: readonly string[];
  /** More of them than `-s -w`, such as `-X` with a version. */
  readonly ldflags?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds programs from pinned Go modules. Throws with the compiler's own last lines. */
export async function goBuild(build: GoBuild, log: (line: string) => void): Promise<void> {
  // go.sum is complete and stays as it is: what is built is what was pinned.
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${build.ldflags ?? ''}`];
  const child = spawn('go', ['build', ...flags, '-o', build.output, ...build.packages], {
    cwd: build.module,
    env: { ...process.env, ...build.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  let downloads = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = `${tail}${text}`.slice(-4000);
    const before = Math.floor(downloads / 50);
    downloads += text.split('go: downloading').length - 1;
    if (Math.floor(downloads / 50) > before) log(`downloaded ${downloads} modules`);
  });
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    throw new Error('go is not installed', { cause: error });
  })) as [number | null];
  if (code !== 0) throw new Error(`go build failed:\n${tail}`);
}

/** Where a module lies that the `go.mod` and `go.sum` in a directory pin, fetched if it isn't there. */
export async function moduleFolder(pins: string, module: string): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: pins });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/**
 * Gives `work` a directory in `root` that is gone afterwards, so that an interrupted build leaves nothing that looks
 * finished. What a killed build left under the same prefix goes first: whoever calls holds the lock, so none is in use.
 */
export async function withScratch(root: string, prefix: string, work: (scratch: string) => Promise<void>) {
  const left = (await readdir(root)).filter((name) => name.startsWith(prefix));
  for (const name of left) await rm(join(root, name), { recursive: true, force: true });
  const scratch = await mkdtemp(join(root, prefix));
  try {
    await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
