/** What a file came to. A file that went wrong as a whole counts as one failure at least. */
export interface Judgement {
  readonly passed: number;
  readonly failed: number;
  /** What is wrong with the file as a whole. */
  readonly problem: string | undefined;
}

export interface FileRun {
  readonly output: string;
  readonly code: number | null;
  readonly source: string;
  /** Seconds after which it was killed. */
  readonly lateAfter: number | undefined;
}

/**
 * Judges a run of uvu by more than its exit code: uvu calls it a success when a `before` throws, when nobody called
 * `run()`, and when an `only` was left in.
 */
export function judge({ output, code, source, lateAfter }: FileRun): Judgement {
  const total = sumOf(output, 'Total');
  const passed = sumOf(output, 'Passed');
  const skipped = sumOf(output, 'Skipped');
  const problem = problemOf({ total, passed, skipped, code, source, lateAfter });
  const failed = Math.max(total - passed, problem === undefined ? 0 : 1);
  return { passed, failed, problem };
}

interface Counts {
  readonly total: number;
  readonly passed: number;
  readonly skipped: number;
}

function problemOf(run: Counts & Omit<FileRun, 'output'>): string | undefined {
  if (run.lateAfter !== undefined) return `was not done within ${run.lateAfter} s: a test hangs, or a handle is open`;
  if (/\.only\(/.test(withoutStrings(run.source))) return 'has an only, which hides the other tests';
  if (run.total === 0) return 'ran no test: is run() missing?';
  if (run.skipped > 0) return `skipped ${run.skipped} tests`;
  if (run.passed < run.total) return run.passed === 0 ? 'passed nothing: a throw in before?' : undefined;
  if (run.code !== 0) return `ended with ${run.code ?? 'a signal'}`;
  return undefined;
}

/** Sums a line of uvu's summaries; a file may run several suites. */
function sumOf(output: string, name: string): number {
  const plain = stripColours(output);
  const lines = plain.matchAll(new RegExp(`^ {2}${name}: +(\\d+)$`, 'gm'));
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOURS = /\u001b\[[0-9;]*m/g;

const stripColours = (text: string): string => text.replaceAll(COLOURS, '');

/** Source without what stands in quotes, where a word means nothing. */
const withoutStrings = (source: string): string => source.replaceAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''");
