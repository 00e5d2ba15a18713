import { writeFile } from 'node:fs/promises';

/** One line of a benchmark's table. */
export interface Figure {
  readonly phase: string;
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** What the design allows, in the same unit; shown beside the value and never asserted. */
  readonly budget?: number;
  /** What the value is measured against. */
  readonly ratio?: { readonly of: string; readonly value: number };
}

export type Unit = 'ms' | 's' | 'MB' | 'MB/s' | '/s' | '';

/** Prints the table; where PROVISO_BENCH_OUT names a file, the figures go there too, as JSON. */
export async function tell(figures: readonly Figure[]): Promise<void> {
  console.log(figureTable(figures));
  const { PROVISO_BENCH_OUT } = process.env;
  if (PROVISO_BENCH_OUT !== undefined) await writeFile(PROVISO_BENCH_OUT, JSON.stringify(figures));
}

const HEAD = ['phase', 'figure', 'value', 'budget', 'ratio'] as const;
/** Numbers are read down the column by their last digit. */
const RIGHT = new Set<number>([2, 3]);

/** The figures as columns under a head, in their own order; the phase stands only where it changes. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure, index) => rowOf(figure, figures[index - 1]));
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd();
  return [line(HEAD.map((title) => title.toUpperCase())), ...rows.map(line)].join('\n');
}

/** The same as a table in Markdown. */
export function figureMarkdown(figures: readonly Figure[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = HEAD.map((_, column) => (RIGHT.has(column) ? '--:' : '---'));
  const rows = figures.map((figure, index) => rowOf(figure, figures[index - 1]).map((cell) => cell.trim()));
  return [HEAD, rule, ...rows].map(line).join('\n');
}

function rowOf({ phase, name, value, unit, budget, ratio }: Figure, before: Figure | undefined): readonly string[] {
  return [
    phase === before?.phase ? '' : phase,
    name,
    withUnit(value, unit),
    budget === undefined ? '' : withUnit(budget, unit),
    ratio === undefined ? '' : `${ratio.value.toFixed(2)} of ${ratio.of}`,
  ];
}

function withUnit(value: number, unit: Unit): string {
  const digits = unit === 's' || (unit !== 'MB' && !Number.isInteger(value) && value < 100) ? 1 : 0;
  const number = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '' || unit === '/s' ? `${number}${unit}` : `${number} ${unit}`;
}

/** The value at a share of the sorted list, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
