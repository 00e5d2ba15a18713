import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './shell.ts';

/** Real evidence about this project: its package, its SBOM and a report of its own tests. */
export interface Inputs {
  readonly tarball: string;
  readonly sbom: string;
  readonly tests: string;
}

const ROOT = new URL('../..', import.meta.url).pathname;

/** Makes the inputs with the tools that a pipeline of this project would use. */
export async function makeInputs(directory: string): Promise<Inputs> {
  const sbom = join(directory, 'sbom.cdx.json');
  const tests = join(directory, 'junit.xml');
  await run('node scripts/build.ts', [process.execPath, 'scripts/build.ts'], { cwd: ROOT });
  await run('npm pack', ['npm', 'pack', '--silent', '--pack-destination', directory], { cwd: ROOT });
  await run(
    'npm sbom --sbom-format cyclonedx --omit dev > sbom.cdx.json',
    ['sh', '-c', `npm sbom --sbom-format cyclonedx --omit dev > '${sbom}'`],
    { cwd: ROOT },
  );
  await run(
    'node test/runner/main.ts --junit junit.xml test/api',
    [process.execPath, 'test/runner/main.ts', '--junit', tests, 'test/api'],
    { cwd: ROOT },
  );
  const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  return { tarball: join(directory, tarball), sbom, tests };
}
