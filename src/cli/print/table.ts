import Table from 'cli-table3';
import type { Io } from '../io.ts';

const NOTHING = '';
/** No frame: columns apart by spaces, as kubectl prints them, so that `awk` and eyes both get along. */
const CHARS = {
  top: NOTHING,
  'top-mid': NOTHING,
  'top-left': NOTHING,
  'top-right': NOTHING,
  bottom: NOTHING,
  'bottom-mid': NOTHING,
  'bottom-left': NOTHING,
  'bottom-right': NOTHING,
  left: NOTHING,
  'left-mid': NOTHING,
  mid: NOTHING,
  'mid-mid': NOTHING,
  right: NOTHING,
  'right-mid': NOTHING,
  middle: '   ',
};

/** Rows under bold capitals. What others wrote may hold control characters; they don't reach the terminal. */
export function formatTable(io: Io, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: head.map((title) => io.colours.bold(title.toUpperCase())),
    chars: CHARS,
    // Without this the library colours the head even when colours are off.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => cell)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
