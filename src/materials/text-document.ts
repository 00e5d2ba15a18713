import type { MaterialType } from '../api/material-types.ts';
import type { Finding } from '../api/problem.ts';
import { ARCHIVE_MEDIA_TYPES, visitFiles } from './archive/files.ts';
import { type Inspection, type KindNotes, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';

/** A line of a report, counted from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
  /** Where in the report it starts. */
  readonly start: number;
}

/** A kind whose content is text that a tool prints for people. */
export const textDocument = (
  type: MaterialType,
  notes: KindNotes,
  inspect: (text: string) => Inspection,
): MaterialKind => ({
  type,
  ...WHOLE_DOCUMENT,
  notes,
  inspect({ bytes }) {
    const reading = readText(bytes);
    return reading.ok ? inspect(reading.text) : refused(reading.finding);
  },
});

/** A kind whose content is such text, or a zip or tar.gz of many. */
export interface TextReports {
  readonly notes: KindNotes;
  /** How bytes are read that are neither marked as UTF-16 nor UTF-8: not at all, unless the tool is known to write it. */
  readonly codePage?: 'windows-1252';
  /** Whether there may be other files in an archive, which are left alone. */
  readonly isOfMany?: true;
  /** Called for each material: takes one report after the other, then says what they came to. */
  start(): {
    take(text: string, name: string): Finding | undefined;
    end(mediaType: string): Inspection;
  };
}

export const textReports = (type: MaterialType, { notes, codePage, isOfMany, start }: TextReports): MaterialKind => ({
  type,
  ...WHOLE_DOCUMENT,
  notes,
  inspect({ bytes }) {
    const reports = start();
    const { form, problem } = visitFiles(bytes, {
      wants: () => true,
      visit(name, file) {
        const reading = readText(file, codePage);
        if (reading.ok) return reports.take(reading.text, name);
        return isOfMany && name !== '' ? undefined : reading.finding;
      },
    });
    if (problem !== undefined) return refused(problem);
    return reports.end(form === undefined ? 'text/plain' : ARCHIVE_MEDIA_TYPES[form]);
  },
});

export type TextReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly finding: Finding };

/** The text of a report, of which every tool reads the same. */
export function readText(bytes: Uint8Array, codePage?: 'windows-1252'): TextReading {
  const no = (line: number, message: string): TextReading => ({ ok: false, finding: { at: `line ${line}`, message } });
  const text = decode(bytes, markedEncoding(bytes) ?? 'utf-8') ?? (codePage && decode(bytes, codePage));
  if (text === undefined) return no(1, 'the text is neither UTF-8 nor marked as UTF-16');
  const nul = text.indexOf('\0');
  if (nul >= 0) return no(lineOf(text, nul), 'must not hold NUL characters');
  return text.trim() === '' ? no(1, 'the report is empty') : { ok: true, text };
}

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
