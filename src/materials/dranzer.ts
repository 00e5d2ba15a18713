import { accepted, type Inspection, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { linesOf, textDocument } from './text-document.ts';

const ENGINE = /^Test Engine Version: ?\$Rev: ?(\d{1,9}) ?\$/i;
const COUNTER = /^Number of COM Objects {2,}\d+$/;

/** CERTCC_DRANZER: the report of a test of ActiveX controls. */
export const dranzer = textDocument('CERTCC_DRANZER', {
  notes: {
    accepts: 'A report of dranzer with the summary at its end, in UTF-8 or the code page of the machine.',
    facts: [...TOOL_FACTS, 'dranzer.reports.count'],
  },
  codePage: 'windows-1252',
  inspect: inspectReport,
});

function inspectReport(text: string): Inspection {
  let engine: string | undefined;
  let hasCounters = false;
  for (const { text: line } of linesOf(text)) {
    engine ??= ENGINE.exec(line.trim())?.[1];
    // The counters follow what names the engine.
    hasCounters ||= engine !== undefined && COUNTER.test(line.trim());
  }
  if (engine === undefined || !hasCounters) {
    const message =
      "the summary with 'Test Engine Version' and 'Number of COM Objects' is missing: no report, or cut off";
    return refused({ at: 'line 1', message });
  }
  return accepted({
    annotations: { ...toolFacts([toolName('dranzer', engine)]), 'chainloop.material.dranzer.reports.count': '1' },
    mediaType: 'text/plain',
  });
}
