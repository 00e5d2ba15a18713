import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'postject';

export interface Executable {
  /** One file of CommonJS. */
  readonly script: string;
  /** The Node that goes into it. */
  readonly node: string;
  readonly output: string;
  /** For what lies around meanwhile. */
  readonly scratch: string;
}

/** By which Node finds out that it carries a program; of its documentation, and the same for all. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const SEGMENT = 'NODE_SEA';

/** Puts a script into a copy of Node, with the code that V8 compiled of it where that is for the running platform. */
export async function makeExecutable({ script, node, output, scratch }: Executable): Promise<void> {
  const main = join(scratch, 'main.cjs');
  const blob = join(scratch, 'blob');
  const config = join(scratch, 'sea.json');
  // Node takes a first line for a shell only from a file.
  await writeFile(main, (await readFile(script, 'utf8')).replace(/^#!.*\n/, ''));
  const useCodeCache = node === process.execPath;
  await writeFile(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache }));
  await promisify(execFile)(process.execPath, ['--experimental-sea-config', config]);
  await copyFile(node, output);
  await chmod(output, 0o755);
  await inject(output, 'NODE_SEA_BLOB', await readFile(blob), { sentinelFuse: FUSE, machoSegmentName: SEGMENT });
}
