import { excerpt } from '../api/excerpt.ts';
import { asText, type UnknownRecord } from '../api/record.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';
import { NAME, type SchemaCheck, schemaCheck } from './schema.ts';

const TEXT = { type: 'string', minLength: 1 } as const;
const TIME = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}' } as const;

const NAMED_VULNERABILITY = {
  type: 'object',
  required: ['name'],
  properties: { '@id': TEXT, name: TEXT, aliases: { type: 'array', items: TEXT } },
} as const;

const COMPONENT = {
  type: 'object',
  anyOf: [{ required: ['@id'] }, { required: ['identifiers'] }, { required: ['hashes'] }],
  properties: {
    '@id': TEXT,
    identifiers: { type: 'object', additionalProperties: TEXT },
    hashes: { type: 'object', additionalProperties: TEXT },
    subcomponents: { type: 'array', items: { type: 'object' } },
  },
} as const;

/** What the specification says must be there; its schema isn't published as a package. */
const schema = (version: object, vulnerability: object, product: object) => ({
  type: 'object',
  required: ['@id', 'author', 'timestamp', 'version'],
  properties: {
    '@id': TEXT,
    author: TEXT,
    timestamp: TIME,
    last_updated: TIME,
    version,
    tooling: NAME,
    // A scan that finds nothing states nothing; govulncheck then leaves the list out.
    statements: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['vulnerability', 'status'],
        properties: {
          vulnerability,
          timestamp: TIME,
          products: { type: 'array', items: product },
          status: { enum: ['not_affected', 'affected', 'fixed', 'under_investigation'] },
          justification: {
            enum: [
              'component_not_present',
              'vulnerable_code_not_present',
              'vulnerable_code_not_in_execute_path',
              'vulnerable_code_cannot_be_controlled_by_adversary',
              'inline_mitigations_already_exist',
            ],
          },
          impact_statement: { type: 'string' },
          action_statement: { type: 'string' },
        },
        if: { properties: { status: { const: 'not_affected' } } },
        // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
        then: { anyOf: [{ required: ['justification'] }, { required: ['impact_statement'] }] },
      },
    },
  },
});

const V0_0_1 = schemaCheck(schema({ type: ['string', 'integer'] }, TEXT, TEXT));
const V0_2_0 = schemaCheck(schema({ type: 'integer', minimum: 1 }, NAMED_VULNERABILITY, COMPONENT));

const CONTEXTS: ReadonlyMap<string, SchemaCheck> = new Map([
  ['https://openvex.dev/ns', V0_0_1],
  ['https://openvex.dev/ns/v0.0.1', V0_0_1],
  ['https://openvex.dev/ns/v0.2.0', V0_2_0],
]);

/** OPENVEX: statements on whether vulnerabilities matter to products. */
export const openvex = jsonDocument('OPENVEX', inspectVex, {
  accepts: 'An OpenVEX document; it may have no statements.',
  versions: ['0.0.1', '0.2.0'],
  facts: TOOL_FACTS,
});

function inspectVex(vex: UnknownRecord) {
  const context = asText(vex['@context']) ?? '';
  const check = CONTEXTS.get(context);
  if (check === undefined) {
    const known = [...CONTEXTS.keys()].join(', ');
    return refused({ at: '/@context', message: `'${excerpt(context)}' is not one of ${known}` });
  }
  const findings = check(vex);
  if (findings.length > 0) return refused(...findings);
  const tool = asText(vex.tooling);
  return accepted({ annotations: toolFacts(tool === undefined ? [] : [tool]), mediaType: 'application/json' });
}
