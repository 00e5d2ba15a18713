import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SourceFile {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ['src', 'test', 'scripts'];

/** The TypeScript files of the project that somebody wrote: those git knows or would add. */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', ...FOLDERS];
  const { stdout } = await promisify(execFile)('git', args, { cwd: root });
  const paths = stdout.split('\n').filter((path) => path.endsWith('.ts') && !path.endsWith('.gen.ts'));
  const read = paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8').catch(() => '') }));
  return (await Promise.all(read)).filter(({ text }) => text !== '');
}
