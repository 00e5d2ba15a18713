import { readFile } from 'node:fs/promises';

/** Where on a page what is generated stands. */
export interface Mark {
  /** What it is, in the mark at its end: `fields`. */
  readonly of: string;
  /** What it is made of, for who reads the source: `crds/`. */
  readonly from: string;
}

/** A page, by its path in the project, with what stands between its marks written anew; the rest is written by hand. */
export async function withGenerated(path: string, { of, from }: Mark, content: string): Promise<string> {
  const page = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const begin = `<!-- ${of}: written by \`make gen\` from ${from} -->`;
  const end = `<!-- end of ${of} -->`;
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} lacks the marks of its ${of}`);
  return `${before}${begin}\n\n${content}\n${end}${after}`;
}
