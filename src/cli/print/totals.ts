import { formatTable } from './table.ts';

/** As many lines as the receiver tells at once. */
export const MAX_LINES = 500;

/** The columns of a table: what each is called, and what it says of a line. */
export type Columns<T> = readonly (readonly [title: string, cell: (line: T) => string])[];

/** A table of totals, and what to do where it was cut. */
export function formatTotals<T>(
  io: Parameters<typeof formatTable>[0],
  columns: Columns<T>,
  lines: readonly T[],
): string {
  const table = formatTable(
    io,
    columns.map(([title]) => title),
    lines.map((line) => columns.map(([, cell]) => cell(line))),
  );
  if (lines.length < MAX_LINES) return table;
  return `${table}\nThese are the latest ${MAX_LINES} lines; give --since, --until or a longer --period.`;
}
