import type { MaterialType } from '../api/material-types.ts';
import { type Inspection, type KindNotes, MAX_DOCUMENT_BYTES, type MaterialKind, refused } from './kind.ts';

/** A line of a report, counted from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
  /** Where in the report it starts. */
  readonly start: number;
}

export interface TextReport {
  readonly notes: KindNotes;
  /** How bytes are read that are neither marked as UTF-16 nor UTF-8: not at all, unless the tool is known to write it. */
  readonly codePage?: 'windows-1252';
  inspect(text: string): Inspection;
}

/** A kind whose content is text that a tool prints for people. */
export const textDocument = (type: MaterialType, { notes, codePage, inspect }: TextReport): MaterialKind => ({
  type,
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  notes,
  inspect({ bytes }) {
    const text = decode(bytes, markedEncoding(bytes) ?? 'utf-8') ?? (codePage && decode(bytes, codePage));
    if (text === undefined) return refused({ at: 'line 1', message: 'the text is neither UTF-8 nor marked as UTF-16' });
    const nul = text.indexOf('\0');
    if (nul >= 0) return refused({ at: `line ${lineOf(text, nul)}`, message: 'must not hold NUL characters' });
    return text.trim() === '' ? refused({ at: 'line 1', message: 'the report is empty' }) : inspect(text);
  },
});

/** Line by line, so that a report of millions of them takes no list of millions. */
export function* linesOf(text: string): Generator<Line> {
  let from = 0;
  for (let number = 1; from < text.length; number++) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield { number, text: text.slice(from, text[to - 1] === '\r' ? to - 1 : to), start: from };
    from = to + 1;
  }
}

/** The line on which a character stands. */
export function lineOf(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** What PowerShell's `>` and many tools on Windows put in front. */
function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
