import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../api/problem.ts';
import type { Io } from './io.ts';

/** The bytes of a file that is named on the command line. Throws `usage`. */
export const readInput = (io: Io, file: string): Promise<Buffer> =>
  readFile(resolve(io.cwd, file)).catch((cause: unknown) => {
    throw new Problem('usage', `'${file}' can't be read`, { cause });
  });

/** `sha256:…` of such a file, however large it is. */
export async function digestInput(io: Io, file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(resolve(io.cwd, file)), hash);
  } catch (cause) {
    throw new Problem('usage', `'${file}' can't be read`, { cause });
  }
  return `sha256:${hash.digest('hex')}`;
}
