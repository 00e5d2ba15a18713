import { excerpt } from '../api/excerpt.ts';
import { delimiterOf, rowsOf } from './delimited.ts';
import { accepted, type Inspection, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { bannerReader } from './sysinternals.ts';
import { type Line, lineOf, linesOf, textDocument } from './text-document.ts';

const COLUMNS = ['Path', 'Verified'];

/** SYSINTERNALS_SIGCHECK: the table of `sigcheck -c` (commas) or `sigcheck -ct` (tabs). */
export const sigcheck = textDocument(
  'SYSINTERNALS_SIGCHECK',
  {
    accepts:
      'The table of `sigcheck -c` or `-ct`, with or without its banner, as UTF-8 or UTF-16; it may have no rows.',
    facts: TOOL_FACTS,
  },
  inspectTable,
);

function inspectTable(text: string): Inspection {
  const banner = bannerReader('sigcheck');
  for (const line of linesOf(text)) {
    if (!banner.takes(line)) return inspectRows(text, line, banner.version());
  }
  return refused({ at: 'line 1', message: 'there is no table after the banner' });
}

function inspectRows(text: string, { start, number, text: header }: Line, version: string | undefined): Inspection {
  let columns: number | undefined;
  for (const row of rowsOf(text, start, number, delimiterOf(header))) {
    if (row === undefined)
      return refused({ at: `line ${lineOf(text, text.trimEnd().length)}`, message: 'a quote is not closed' });
    const { fields } = row;
    if (columns === undefined) {
      const names = fields.map((field) => field.trim());
      const missing = COLUMNS.find((name) => !names.includes(name));
      if (missing !== undefined) {
        return refused({ at: `line ${row.line}`, message: `the table has no column '${missing}': ${excerpt(header)}` });
      }
      columns = fields.length;
    } else if (fields.length !== columns) {
      const message = `the row has ${fields.length} fields, and the table ${columns} columns`;
      return refused({ at: `line ${row.line}`, message });
    }
  }
  return accepted({ annotations: toolFacts([toolName('sigcheck', version)]), mediaType: 'text/csv' });
}
