/** A row of a table, with the line on which it starts. */
export interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

export type Delimiter = ',' | '\t';

/** What stands more often in a header, outside of quotes: sigcheck quotes all fields, and there may be tabs in them. */
export function delimiterOf(header: string): Delimiter {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const count = (character: string) => unquoted.split(character).length;
  return count('\t') > count(',') ? '\t' : ',';
}

/**
 * The rows of comma or tab separated text (RFC 4180), from a place in it that is at the start of a line. A quote that neither
 * ends its field nor is doubled is taken for itself: tools put texts between quotes and leave the quotes in them alone.
 * Undefined in place of a row: its last quote isn't closed.
 */
export function* rowsOf(
  text: string,
  from: number,
  firstLine: number,
  delimiter: Delimiter,
): Generator<Row | undefined> {
  let at = from;
  let line = firstLine;
  while (at < text.length) {
    const start = line;
    const fields: string[] = [];
    for (;;) {
      const end = text[at] === '"' ? endOfQuoted(text, at, delimiter) : endOfPlain(text, at, delimiter);
      if (end === undefined) {
        yield undefined;
        return;
      }
      const raw = text.slice(at, end);
      fields.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
      for (let i = raw.indexOf('\n'); i >= 0; i = raw.indexOf('\n', i + 1)) line += 1;
      at = end + 1;
      if (text[end] !== delimiter) break;
    }
    // A line ends with either, or with both.
    if (text[at - 1] === '\r' && text[at] === '\n') at += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== '') yield { line: start, fields };
  }
}

function endOfPlain(text: string, from: number, delimiter: Delimiter): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** The place after the closing quote: the first one that is followed by what ends a field. */
function endOfQuoted(text: string, from: number, delimiter: Delimiter): number | undefined {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = text[at + 1];
    if (next === '"') at += 1;
    else if (next === undefined || next === delimiter || next === '\n' || next === '\r') return at + 1;
  }
  return undefined;
}
