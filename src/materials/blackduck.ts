import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';

const ENTRIES = { type: 'array', items: { type: 'object' } } as const;

/** BLACKDUCK_SCA_JSON: the version detail report of Black Duck. */
export const blackduck = jsonReport('BLACKDUCK_SCA_JSON', {
  notes: {
    accepts:
      'The version detail report of Black Duck as JSON, with its vulnerabilities, code locations and custom fields.',
    facts: TOOL_FACTS,
  },
  schema: {
    type: 'object',
    required: ['detailedVulnerabilities', 'detailedProjectVersionCustomFields', 'detailedCodeLocations'],
    properties: {
      detailedVulnerabilities: {
        type: 'array',
        items: {
          type: 'object',
          required: ['vulnerabilityId'],
          properties: {
            vulnerabilityId: { type: 'string', minLength: 1 },
            severity: { type: 'string' },
            remediationStatus: { type: 'string' },
          },
        },
      },
      detailedProjectVersionCustomFields: ENTRIES,
      detailedCodeLocations: ENTRIES,
    },
  },
  facts: () => toolFacts(['blackduck']),
});
