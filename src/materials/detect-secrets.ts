import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';

interface Baseline {
  readonly version: string;
}

/** YELP_DETECT_SECRETS_BASELINE: what `detect-secrets scan` writes. */
export const detectSecrets = jsonReport<Baseline>('YELP_DETECT_SECRETS_BASELINE', {
  notes: {
    accepts: 'A baseline of detect-secrets, with or without `--slim`; `results` may be empty.',
    facts: TOOL_FACTS,
  },
  schema: {
    type: 'object',
    required: ['version', 'plugins_used', 'results'],
    properties: {
      version: { type: 'string', pattern: '^\\d+(\\.\\w+)*$' },
      plugins_used: {
        type: 'array',
        items: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } },
      },
      filters_used: { type: 'array', items: { type: 'object', required: ['path'] } },
      results: {
        type: 'object',
        additionalProperties: {
          type: 'array',
          items: {
            type: 'object',
            required: ['type', 'hashed_secret'],
            properties: {
              type: { type: 'string', minLength: 1 },
              filename: { type: 'string', minLength: 1 },
              hashed_secret: { type: 'string', pattern: '^[0-9a-f]{40}$' },
              line_number: { type: 'integer', minimum: 0 },
              is_verified: { type: 'boolean' },
              is_secret: { type: ['boolean', 'null'] },
            },
          },
        },
      },
      generated_at: { type: 'string' },
    },
  },
  facts: ({ version }) => toolFacts([toolName('detect-secrets', version)]),
});
