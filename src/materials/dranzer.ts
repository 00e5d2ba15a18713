import { accepted, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { linesOf, textReports } from './text-document.ts';

const ENGINE = /^Test Engine Version: ?\$Rev: ?(\d{1,9}) ?\$/i;
const COUNTER = /^Number of COM Objects {2,}\d+$/;
const TESTED = /^Testing COM Object - /;
const NO_SUMMARY =
  "the summary with 'Test Engine Version' and 'Number of COM Objects' is missing: it is no report of dranzer, or cut off";

/** CERTCC_DRANZER: the report of a test of ActiveX controls, or those of several in an archive. */
export const dranzer = textReports('CERTCC_DRANZER', {
  notes: {
    accepts:
      'A report of dranzer with the summary at its end, in UTF-8 or the code page of the machine, or a zip or tar.gz of ' +
      'reports, in which other files are passed over.',
    facts: [...TOOL_FACTS, 'dranzer.reports.count'],
  },
  codePage: 'windows-1252',
  isOfMany: true,
  start() {
    const engines = new Map<string, string>();
    return {
      take(text, name) {
        const { engine, isComplete, isReport } = read(text);
        if (engine !== undefined && isComplete) engines.set(name, engine);
        // Beside the reports there may be tables that somebody made of them.
        else if (isReport || name === '') return { at: 'line 1', message: NO_SUMMARY };
        return undefined;
      },
      end(mediaType) {
        // That of the first by name, whatever their order in the archive.
        const [first] = [...engines.keys()].sort();
        if (first === undefined) return refused({ message: 'the archive has no report of dranzer' });
        const tools = toolFacts([toolName('dranzer', engines.get(first))]);
        return accepted({
          annotations: { ...tools, 'chainloop.material.dranzer.reports.count': String(engines.size) },
          mediaType,
        });
      },
    };
  },
});

function read(report: string) {
  let engine: string | undefined;
  let isReport = false;
  let isComplete = false;
  for (const { text } of linesOf(report)) {
    const line = text.trim();
    engine ??= ENGINE.exec(line)?.[1];
    isReport ||= engine !== undefined || TESTED.test(line);
    // The counters follow what names the engine.
    isComplete ||= engine !== undefined && COUNTER.test(line);
  }
  return { engine, isReport, isComplete };
}
