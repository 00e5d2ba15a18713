import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeExecutable } from './single/executable.ts';
import { packCli } from './single/pack.ts';

/**
 * Makes the CLI as it is handed to people: `node scripts/cli.ts [--node PROGRAM] [FOLDER]`. In the folder, `dist/cli-single`
 * unless it is named, are `proviso.cjs`, one file for any Node, and `proviso`, which has Node in it: the running one, or a
 * program of the same version for another platform; and `kubectl_complete-proviso`, which kubectl asks for completions.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { node: { type: 'string' } } });
const out = resolve(positionals[0] ?? new URL('../dist/cli-single', import.meta.url).pathname);
const scratch = await mkdtemp(join(tmpdir(), 'proviso-cli-'));
try {
  await mkdir(out, { recursive: true });
  const script = join(out, 'proviso.cjs');
  await writeFile(script, await packCli(join(scratch, 'pieces')));
  await chmod(script, 0o755);
  const completion = 'kubectl_complete-proviso';
  await copyFile(new URL(`../config/krew/${completion}`, import.meta.url), join(out, completion));
  await makeExecutable({ script, node: values.node ?? process.execPath, output: join(out, 'proviso'), scratch });
} finally {
  await rm(scratch, { recursive: true });
}
