import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';

const FOUND = { type: ['array', 'null'], items: { type: 'object' } } as const;

/** TWISTCLI_SCAN_JSON: what `twistcli images scan` of Prisma Cloud writes. */
export const twistcli = jsonReport('TWISTCLI_SCAN_JSON', {
  notes: {
    accepts: 'What `twistcli images scan --output-file` of Prisma Cloud writes.',
    facts: TOOL_FACTS,
  },
  schema: {
    type: 'object',
    required: ['results', 'consoleURL'],
    properties: {
      consoleURL: { type: 'string', minLength: 1 },
      results: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            name: { type: 'string' },
            vulnerabilities: FOUND,
            compliances: FOUND,
            packages: FOUND,
            vulnerabilityScanPassed: { type: 'boolean' },
            complianceScanPassed: { type: 'boolean' },
          },
        },
      },
    },
  },
  facts: () => toolFacts(['twistcli']),
});
