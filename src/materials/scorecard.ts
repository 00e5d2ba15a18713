import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { NAME } from './schema.ts';

interface Result {
  readonly score: number;
  readonly scorecard: { readonly version: string };
}

const LINES = { type: ['array', 'null'], items: { type: 'string' } } as const;

/** OSSF_SCORECARD_JSON: what `scorecard --format json` writes, which the project calls its version 2. */
export const scorecard = jsonReport<Result>('OSSF_SCORECARD_JSON', {
  notes: {
    accepts: 'What `scorecard --format json` writes.',
    versions: ['JSON v2'],
    facts: [...TOOL_FACTS, 'scorecard.score'],
  },
  schema: {
    type: 'object',
    required: ['date', 'repo', 'scorecard', 'score', 'checks'],
    properties: {
      date: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}' },
      repo: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', minLength: 1 }, commit: { type: 'string' } },
      },
      scorecard: {
        type: 'object',
        required: ['version', 'commit'],
        properties: { version: NAME, commit: { type: 'string' } },
      },
      // Below zero: no check came to a result.
      score: { type: 'number', minimum: -1, maximum: 10 },
      checks: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'score', 'reason', 'documentation'],
          properties: {
            name: { type: 'string', minLength: 1 },
            score: { type: 'integer', minimum: -1, maximum: 10 },
            reason: { type: 'string' },
            details: LINES,
            documentation: {
              type: 'object',
              required: ['url', 'short'],
              properties: { url: { type: 'string' }, short: { type: 'string' } },
            },
          },
        },
      },
      metadata: LINES,
    },
  },
  facts: ({ score, scorecard: { version } }) => ({
    ...toolFacts([toolName('scorecard', version)]),
    'chainloop.material.scorecard.score': String(score),
  }),
});
