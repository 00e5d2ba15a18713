import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';

/** GITLEAKS_JSON: the leaks that gitleaks 8 found. */
export const gitleaks = jsonReport('GITLEAKS_JSON', {
  notes: {
    accepts: 'The JSON report of gitleaks 8: a list of leaks, empty when there are none.',
    facts: TOOL_FACTS,
  },
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: ['RuleID', 'File', 'Fingerprint'],
      properties: {
        RuleID: { type: 'string', minLength: 1 },
        Description: { type: 'string' },
        // What comes from standard input has no file.
        File: { type: 'string' },
        Fingerprint: { type: 'string', minLength: 1 },
        StartLine: { type: 'integer' },
        EndLine: { type: 'integer' },
        Secret: { type: 'string' },
        Match: { type: 'string' },
        Commit: { type: 'string' },
        Tags: { type: ['array', 'null'], items: { type: 'string' } },
      },
    },
  },
  // The report doesn't say which gitleaks wrote it.
  facts: () => toolFacts(['gitleaks']),
});
