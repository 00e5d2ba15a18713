import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const SUFFIX = '.test.ts';

/** The test files among and under the paths, those with the longest deadline first, so that they don't end the run. */
export async function discover(paths: readonly string[]): Promise<readonly string[]> {
  const found = (await Promise.all(paths.map((path) => under(resolve(path))))).flat();
  const deadlines = new Map(await Promise.all(found.map(async (file) => [file, await deadlineOf(file)] as const)));
  return [...new Set(found)].sort((a, b) => (deadlines.get(b) ?? 0) - (deadlines.get(a) ?? 0) || a.localeCompare(b));
}

async function under(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return entry.name === 'fixtures' || entry.name === 'node_modules' ? [] : under(child);
      return entry.name.endsWith(SUFFIX) ? [child] : [];
    }),
  );
  return found.flat();
}

const DEFAULT_SECONDS = 60;

/** Seconds that a file may take: a line `// deadline: 300` says otherwise. */
export async function deadlineOf(file: string): Promise<number> {
  const text = await readFile(file, 'utf8');
  const stated = /^\/\/ deadline: (\d+)$/m.exec(text)?.[1];
  return stated === undefined ? DEFAULT_SECONDS : Number(stated);
}
