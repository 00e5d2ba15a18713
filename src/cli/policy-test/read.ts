import { dirname, join, relative, resolve } from 'node:path';
import type { Finding } from '../../api/problem.ts';
import { parseYaml } from '../../materials/yaml-document.ts';
import { placeOf } from '../../policy/cel/findings.ts';
import { LocatedError, type LocatedNode, locate } from '../../policy/cel/located-yaml.ts';
import { readInput } from '../input.ts';
import type { Io } from '../io.ts';
import { formFindings, type TestFile } from './format.ts';

/** A file with tests, and where its parts stand. */
export interface LocatedTests {
  /** As it is told, seen from the working directory. */
  readonly file: string;
  readonly tests: TestFile;
  /** The line of what a JSON pointer names, or of what is nearest to it. */
  lineOf(pointer: string): number;
  /** A file that is named in it. */
  resolve(file: string): string;
}

export type TestsReading =
  | { readonly ok: true; readonly value: LocatedTests }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads a file of tests; findings say file, line and JSON pointer. Throws `usage` if it can't be read. */
export async function readTests(io: Io, path: string): Promise<TestsReading> {
  const file = relative(io.cwd, path);
  const bytes = await readInput(io, path);
  const yaml = parseYaml(bytes);
  if (!yaml.ok) return { ok: false, findings: [{ at: `${file}, ${yaml.at}`, message: yaml.message }] };
  const text = bytes.toString('utf8');
  let root: LocatedNode | undefined;
  try {
    root = locate(text);
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    const { line } = placeOf(text, error.offset);
    return { ok: false, findings: [{ at: `${file}:${line}`, message: error.message }] };
  }
  const lineOf = (pointer: string): number => placeOf(text, offsetOf(root, pointer)).line;
  const findings = [...formFindings(yaml.value)];
  if (findings.length === 0) findings.push(...repeatedNames(yaml.value as TestFile));
  if (findings.length > 0) return { ok: false, findings: findings.map((finding) => placed(file, lineOf, finding)) };
  const value: LocatedTests = {
    file,
    tests: yaml.value as TestFile,
    lineOf,
    resolve: (named) => relative(io.cwd, resolve(join(dirname(path), named))),
  };
  return { ok: true, value };
}

/** A finding at a JSON pointer, with file and line before that. */
export const placed = (file: string, lineOf: (pointer: string) => number, { at = '', message }: Finding): Finding => ({
  at: `${file}:${lineOf(at)} ${at}`.trimEnd(),
  message,
});

function offsetOf(root: LocatedNode | undefined, pointer: string): number {
  let node = root;
  let offset = root?.start ?? 0;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (node?.kind === 'map') {
      const member = node.members.find((each) => each.name === name);
      if (member === undefined) break;
      offset = member.start;
      node = member.value;
    } else if (node?.kind === 'list') {
      node = node.items[Number(name)];
      offset = node?.start ?? offset;
    } else break;
  }
  return offset;
}

function repeatedNames({ cases }: TestFile): readonly Finding[] {
  const seen = new Map<string, number>();
  return cases.flatMap(({ name }, index) => {
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    return [{ at: `/cases/${index}/name`, message: `/cases/${first} has this name; names are unique` }];
  });
}
