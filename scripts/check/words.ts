import type { SourceFile } from './sources.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly message: string;
  /** Only for files under this folder. */
  readonly under?: string;
}

const RULES: readonly Rule[] = [
  { pattern: /(?::|\bas|[<|,])\s*any\b(?!\w)/, message: 'any switches the compiler off; say unknown and look' },
  { pattern: /^export default\b/, message: 'exports have names' },
  { pattern: /\b(?:TODO|FIXME|XXX)\b/, message: 'what is left belongs into an issue', under: 'src/' },
  { pattern: /@ts-(?:ignore|expect-error|nocheck)/, message: 'the compiler is right more often than not' },
  { pattern: /process\.exit\(/, message: 'ends what is under way; set process.exitCode', under: 'src/' },
  { pattern: /(?:^|[^\w.])\/(?:work|root|home\/\w+)\/[a-z.]/, message: 'a path of one machine' },
];

/** Words that have no place in a line of code or a comment. The rules' own file is left out. */
export function wordFindings(sources: readonly SourceFile[]): readonly string[] {
  return sources
    .filter(({ path }) => !path.startsWith('scripts/check/') && !path.startsWith('test/checks/'))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          RULES.filter(
            ({ pattern, under = '' }) => path.startsWith(under) && pattern.test(withoutComment(line, pattern)),
          ).map(({ message }) => `${path}:${index + 1}: ${message}`),
        ),
    );
}

/** Prose may say "any"; code may not. */
const withoutComment = (line: string, pattern: RegExp): string =>
  pattern.source.includes('any')
    ? line
        .replace(/^\s*(?:\/?\*|\/\/).*$/, '')
        .replace(/\/\/ .*$/, '')
        .replaceAll(/'[^']*'|`[^`]*`/g, "''")
    : line;
