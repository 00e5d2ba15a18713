import type { SourceFile } from './sources.ts';

/** A longer file usually holds two concepts. */
const MAX_LINES = 350;

const linesOf = ({ text }: SourceFile): number => text.split('\n').length - 1;

export const sizeFindings = (sources: readonly SourceFile[]): readonly string[] =>
  sources
    .filter((source) => linesOf(source) > MAX_LINES)
    .map((source) => `${source.path}: ${linesOf(source)} lines, and ${MAX_LINES} are the limit`);

export function sizeSummary(sources: readonly SourceFile[]): string {
  const sizes = sources
    .filter(({ path }) => path.startsWith('src/'))
    .map(linesOf)
    .sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return `src/: ${sizes.length} files, median ${median} lines, longest ${sizes.at(-1) ?? 0}`;
}
