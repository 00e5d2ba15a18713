import { parseBounded } from './document.ts';
import { fault } from './fault.ts';
import { LIMITS } from './limits.ts';

/** A line that isn't blank, and its number as a message gives it, from 1. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly at: string;
}

const NEWLINE = 0x0a;
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, NEWLINE]);

/**
 * The lines, if these are JSON lines: the first one is JSON by itself and something follows, which no single document
 * can be. Undefined when they have to be read as one. Throws a fault when there are too many.
 */
export function splitLines(bytes: Uint8Array): readonly Line[] | undefined {
  const start = firstInk(bytes);
  const end = bytes.indexOf(NEWLINE, start);
  if (end < 0 || isBlank(bytes.subarray(end))) return undefined;
  const first = parseBounded(bytes.subarray(start, end));
  return !first.ok && first.code === 'json-malformed' ? undefined : split(bytes);
}

function split(bytes: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  for (let number = 1, start = 0; start < bytes.length; number++) {
    if (number > LIMITS.lines) fault(`line ${number}`, `at most ${LIMITS.lines} lines`, 'more');
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) lines.push({ bytes: line, at: `line ${number}` });
    start = end + 1;
  }
  return lines;
}

const isBlank = (bytes: Uint8Array): boolean => firstInk(bytes) === bytes.length;

/** Where the first byte stands that isn't blank, or the length. */
function firstInk(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && BLANK.has(bytes[at] ?? 0)) at++;
  return at;
}
