import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { ARCHIVE_MEDIA_TYPES, visitFiles } from './archive/files.ts';
import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';
import { linesOf, textReports } from './text-document.ts';

/** `seed: 7`: once for each run of radamsa. */
const SEED = /^seed: \S/;
/** A pair of a record; a value between quotes may hold what else would end it. */
const PAIR = /([^\s:",]+):(?: (?:"(?:[^"\\]|\\.)*"|[^",]*))?(?:, |$)/y;

/** RADAMSA_REPORT: what `radamsa -M` says of each thing it made, or a zip or tar.gz of such logs. */
export const radamsaReport = textReports('RADAMSA_REPORT', {
  notes: {
    accepts: 'The metadata that `radamsa -M` writes, one record a line, or a zip or tar.gz of nothing else.',
    facts: [...TOOL_FACTS, 'radamsa.report.records.count'],
  },
  start() {
    let records = 0;
    return {
      take(text) {
        const read = countRecords(text);
        if (typeof read !== 'number') return read;
        records += read;
        return undefined;
      },
      end: (mediaType) =>
        accepted({
          annotations: {
            ...toolFacts(['radamsa']),
            'chainloop.material.radamsa.report.records.count': String(records),
          },
          mediaType,
        }),
    };
  },
});

/** RADAMSA_CRASHES: an input that makes a program crash, or an archive of such inputs. What is in them is not looked at. */
export const radamsaCrashes: MaterialKind = {
  type: 'RADAMSA_CRASHES',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts:
      'An input that made a program crash, or a zip or tar.gz of them; one that is an archive itself comes in another.',
    facts: [...TOOL_FACTS, 'radamsa.crashes.count'],
  },
  inspect({ bytes }) {
    if (bytes.length === 0) return refused({ message: 'the input is empty' });
    let crashes = 0;
    const { form, problem } = visitFiles(bytes, {
      wants: () => true,
      visit() {
        crashes += 1;
        return undefined;
      },
    });
    if (problem !== undefined) return refused(problem);
    return accepted({
      annotations: { ...toolFacts(['radamsa']), 'chainloop.material.radamsa.crashes.count': String(crashes) },
      mediaType: form === undefined ? 'application/octet-stream' : ARCHIVE_MEDIA_TYPES[form],
    });
  },
};

/** How many records a log has, or what is wrong with it. */
function countRecords(text: string): number | Finding {
  let records = 0;
  for (const { number, text: line } of linesOf(text)) {
    const record = line.trim();
    if (record === '' || SEED.test(record)) continue;
    if (keysOf(record)?.has('generator') !== true) {
      const message = `not a record such as 'muta-num: 1, generator: file, nth: 1, …': ${excerpt(record)}`;
      return { at: `line ${number}`, message };
    }
    records += 1;
  }
  return records;
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
