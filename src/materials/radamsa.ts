import { excerpt } from '../api/excerpt.ts';
import { accepted, type Inspection, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';
import { linesOf, textDocument } from './text-document.ts';

/** `seed: 7`: once for each run of radamsa. */
const SEED = /^seed: \S/;
/** A pair of a record; a value between quotes may hold what else would end it. */
const PAIR = /([^\s:",]+):(?: (?:"(?:[^"\\]|\\.)*"|[^",]*))?(?:, |$)/y;

/** RADAMSA_REPORT: what `radamsa -M` says of each thing it made. */
export const radamsaReport = textDocument('RADAMSA_REPORT', {
  notes: {
    accepts: 'The metadata that `radamsa -M` writes, one record a line.',
    facts: [...TOOL_FACTS, 'radamsa.report.records.count'],
  },
  inspect: inspectRecords,
});

function inspectRecords(text: string): Inspection {
  let records = 0;
  for (const { number, text: line } of linesOf(text)) {
    const record = line.trim();
    if (record === '' || SEED.test(record)) continue;
    const keys = keysOf(record);
    if (keys === undefined || !keys.has('generator')) {
      const message = `not a record such as 'muta-num: 1, generator: file, nth: 1, …': ${excerpt(record)}`;
      return refused({ at: `line ${number}`, message });
    }
    records += 1;
  }
  return accepted({
    annotations: { ...toolFacts(['radamsa']), 'chainloop.material.radamsa.report.records.count': String(records) },
    mediaType: 'text/plain',
  });
}

/** The keys of a record; undefined if it isn't one. */
function keysOf(record: string): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < record.length) {
    const key = PAIR.exec(record)?.[1];
    if (key === undefined) return undefined;
    keys.add(key);
  }
  return keys;
}
