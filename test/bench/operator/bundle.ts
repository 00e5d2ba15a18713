import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BUILD = new URL('../../../scripts/build.ts', import.meta.url).pathname;

/** Bundles as `make build` does, into a folder of its own; returns the operator's file. */
export async function buildOperator(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, [BUILD, folder]);
  return join(folder, 'operator.mjs');
}
