import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { asRecord, asText } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { archiveForm, visitArchive } from './archive/read.ts';
import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';

const REPORT = 'report_json.json';

/** ZAP_DAST_ZIP: the zip that ZAP's GitHub Actions leave, with its report as `report_json.json`. */
export const zap: MaterialKind = {
  type: 'ZAP_DAST_ZIP',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts: 'A zip with the report of ZAP as `report_json.json`.',
    facts: TOOL_FACTS,
  },
  inspect({ bytes }) {
    if (archiveForm(bytes) !== 'zip') return refused({ message: `must be a zip with ZAP's ${REPORT} in it` });
    let tools: readonly string[] | undefined;
    const problem = visitArchive('zip', bytes, {
      wants: (name) => name === REPORT,
      visit(_, report) {
        const outcome = readReport(report);
        if (typeof outcome !== 'string') return outcome;
        tools = [outcome];
        return undefined;
      },
    });
    if (problem !== undefined) return refused(problem);
    if (tools === undefined) return refused({ message: `the zip has no ${REPORT} at its top` });
    return accepted({ annotations: toolFacts(tools), mediaType: 'application/zip' });
  },
};

/** The tool that wrote it, or what is wrong. */
function readReport(bytes: Uint8Array): string | Finding {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) return { at: `${REPORT}, ${parsed.at}`, message: parsed.message };
  const report = asRecord(parsed.value);
  const program = asText(report?.['@programName']) ?? 'nothing';
  if (program !== 'ZAP') {
    return { at: `${REPORT}, /@programName`, message: `must be 'ZAP', not '${excerpt(program)}'` };
  }
  if (!Array.isArray(report?.site)) {
    return { at: `${REPORT}, /site`, message: 'must be the list of the sites that were looked at' };
  }
  return toolName(program, asText(report?.['@version']));
}
