import { readdir, readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);
const ALONE = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'charts/proviso/README.md'];

/** The text of a file, by its path from the root of the project. */
export const readFromRoot = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

async function under(folder: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(new URL(`${folder}/`, ROOT), { recursive: true });
  return names
    .filter(isWanted)
    .map((name) => `${folder}/${name}`)
    .toSorted();
}
const isPage = (name: string): boolean => name.endsWith('.md');

/** Every page that people read, by its path from the root. */
export async function readPages(): Promise<ReadonlyMap<string, string>> {
  const paths = [...ALONE, ...(await under('docs', isPage)), ...(await under('config', isPage))];
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFromRoot(path)] as const)));
}

/** Paths of everything in a folder, the folders in it with a slash at the end of theirs. */
export async function pathsIn(folders: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set(await readdir(ROOT));
  for (const folder of folders) {
    found.add(`${folder}/`);
    for (const entry of await readdir(new URL(`${folder}/`, ROOT), { recursive: true, withFileTypes: true })) {
      const path = `${entry.parentPath.slice(ROOT.pathname.length).replace(/\/$/, '')}/${entry.name}`;
      found.add(entry.isDirectory() ? `${path}/` : path);
    }
  }
  return found;
}

/** A page without what is only shown in it. */
const prose = (page: string): string =>
  page.replaceAll(/^( *)(```+)[^\n]*\n[\s\S]*?^\1\2$/gm, '').replaceAll(/<!--[\s\S]*?-->/g, '');

export interface Link {
  readonly text: string;
  /** Before and behind the `#`; each may be empty. */
  readonly path: string;
  readonly anchor: string;
}

/** Links to places of this project. */
export const linksOf = (page: string): readonly Link[] =>
  [...prose(page).matchAll(/\[((?:[^[\]]|\[[^[\]]*\])*)\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, text = '', path = '', anchor = '']) => ({ text: text.replaceAll(/\s+/g, ' '), path, anchor }),
  );

/** Names by which headings are linked to, as GitHub makes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let unique = name;
    for (let count = 1; found.has(unique); count += 1) unique = `${name}-${count}`;
    found.add(unique);
  }
  return found;
}

/** Names of the tests in the source of a test file; what stands for a value in one is `…`. */
export const testNamesOf = (source: string): ReadonlySet<string> =>
  new Set(
    [...source.matchAll(/(?<![.\w])(?:test|built)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g)].map(
      ([, single, double, template]) =>
        (single ?? double ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1'),
    ),
  );
