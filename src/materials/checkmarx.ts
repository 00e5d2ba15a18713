import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';

interface Report {
  readonly results: readonly { readonly type: string }[] | null;
}

/** What each engine of Checkmarx One looks at, in the words that all scanners share. */
const SCAN_TYPES: ReadonlyMap<string, string> = new Map([
  ['sast', 'sast'],
  ['sca', 'sca'],
  ['kics', 'iac'],
  ['containers', 'container'],
  ['sscs', 'supply-chain'],
]);

/** CHECKMARX_JSON: what the command line tool of Checkmarx One writes with `--report-format json`. */
export const checkmarx = jsonReport<Report>('CHECKMARX_JSON', {
  notes: {
    accepts: 'What `cx results show --report-format json` writes; `results` may be empty or null.',
    facts: [...TOOL_FACTS, 'scan.types'],
  },
  schema: {
    type: 'object',
    required: ['scanID', 'results'],
    properties: {
      scanID: { type: 'string', minLength: 1 },
      totalCount: { type: 'integer', minimum: 0 },
      results: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          required: ['type', 'data'],
          properties: {
            type: { type: 'string', minLength: 1 },
            severity: { type: 'string' },
            data: { type: 'object' },
          },
        },
      },
    },
  },
  facts: ({ results }) => ({ ...toolFacts(['checkmarx']), ...scanTypeFacts((results ?? []).map(({ type }) => type)) }),
});

/** The kinds of scan that found something; an engine that isn't known is left out, not guessed at. */
export function scanTypeFacts(engines: readonly string[]): Readonly<Record<string, string>> {
  const types = new Set(engines.flatMap((engine) => SCAN_TYPES.get(engine.toLowerCase()) ?? []));
  return types.size === 0 ? {} : { 'chainloop.material.scan.types': [...types].sort().join() };
}
