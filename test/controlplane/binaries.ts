import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from './build.ts';
import { download } from './download.ts';
import { withLock } from './lock.ts';
import { planSources, type Source } from './plan.ts';
import { PROGRAMS } from './versions.ts';

export interface Binaries {
  readonly directory: string;
  /** Which source it was, for people. */
  readonly from: string;
}

/**
 * Finds or makes etcd, kube-apiserver and kubectl, and says which source it took. Throws with all four sources named and
 * why each was of no use.
 */
export async function findBinaries(
  env: Readonly<Record<string, string | undefined>> = process.env,
  log: (line: string) => void = (line) => console.error(`# control plane: ${line}`),
  home: string = homedir(),
): Promise<Binaries> {
  const failures: string[] = [];
  for (const source of planSources(env, home)) {
    try {
      await obtain(source, log);
      return { directory: source.directory, from: `${source.kind} ${source.directory}` };
    } catch (error) {
      failures.push(`  ${source.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    [
      `no etcd, kube-apiserver and kubectl for the tests. Any one of these is enough:`,
      `  1. KUBEBUILDER_ASSETS names a directory with the three programs`,
      `  2. an earlier run left them in ~/.cache/proviso/controlplane`,
      `  3. the official envtest archive can be downloaded`,
      `  4. Go is installed and reaches its module proxy, to build them (about 6 minutes, once)`,
      'Tried:',
      ...(failures.length === 0 ? ['  nothing: PROVISO_CONTROLPLANE=assets without KUBEBUILDER_ASSETS'] : failures),
    ].join('\n'),
  );
}

async function obtain(source: Source, log: (line: string) => void): Promise<void> {
  switch (source.kind) {
    case 'assets':
    case 'cache':
      return hasAll(source.directory);
    case 'download':
    case 'build': {
      await mkdir(dirname(source.directory), { recursive: true });
      const make = source.kind === 'build' ? build : download;
      // Two test processes that start together must not both build; the second finds what the first made.
      return withLock(`${source.directory}.lock`, async () => {
        try {
          await hasAll(source.directory);
        } catch {
          await make(source.directory, log);
          await hasAll(source.directory);
        }
      });
    }
  }
}

async function hasAll(directory: string): Promise<void> {
  for (const program of PROGRAMS) {
    await access(join(directory, program), constants.X_OK).catch(() => {
      throw new Error(`${directory} has no executable ${program}`);
    });
  }
}
