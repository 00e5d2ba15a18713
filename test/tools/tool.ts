import { constants } from 'node:fs';
import { access, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { goBuild, withScratch } from '../controlplane/go.ts';
import { withLock } from '../controlplane/lock.ts';
import { type ToolName, type ToolSource, toolSource } from './catalogue.ts';

/** What the tools call their own version. */
const INJECTED = 'sigs.k8s.io/release-utils/version.gitVersion';

type Log = (line: string) => void;

/**
 * The path of a real tool's program, in `~/.cache/proviso/tools`. It is built from its Go module the first time, which
 * takes minutes: `prepare.ts` does that before the tests. Throws with the compiler's own last lines.
 */
export async function tool(
  name: ToolName,
  log: Log = (line) => console.error(`# tools: ${line}`),
  home: string = homedir(),
): Promise<string> {
  return obtain(await toolSource(name), join(home, '.cache/proviso/tools'), log);
}

export async function obtain(source: ToolSource, root: string, log: Log): Promise<string> {
  const path = join(root, `${source.name}-${source.version}-${source.pins}`);
  if (await isProgram(path)) return path;
  await mkdir(root, { recursive: true });
  // One lock for all: a build takes all cores there are.
  await withLock(join(root, 'lock'), async () => {
    if (!(await isProgram(path))) await build(source, root, path, log);
  });
  return path;
}

async function build(source: ToolSource, root: string, path: string, log: Log): Promise<void> {
  log(`building ${source.name} ${source.version}, which takes minutes the first time`);
  const started = performance.now();
  await withScratch(root, '.build-', async (scratch) => {
    const output = join(scratch, source.name);
    const ldflags = `-X ${INJECTED}=${source.version}`;
    await goBuild(
      { module: source.folder, output, packages: [source.package], ldflags, env: { CGO_ENABLED: '0' } },
      log,
    );
    await rename(output, path);
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`there is no ${source.name} for the tests; it takes Go and its module proxy to build it: ${why}`);
  });
  log(`built ${source.name} in ${Math.round((performance.now() - started) / 1000)} s`);
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
