import { asArray, asRecord, asText } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { accepted, MAX_DOCUMENT_BYTES, type MaterialKind, refused, unreadable } from './kind.ts';
import { compileSchema, schemaFindings } from './schema.ts';

/** What SARIF 2.1.0 says must be there, of the parts that reports are read for. */
const validate = compileSchema({
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', minLength: 1 },
                  version: { type: 'string' },
                  semanticVersion: { type: 'string' },
                  rules: { type: 'array', items: { type: 'object', required: ['id'] } },
                },
              },
            },
          },
          results: {
            type: ['array', 'null'],
            items: {
              type: 'object',
              required: ['message'],
              properties: {
                ruleId: { type: 'string' },
                kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: { type: 'object' },
                locations: { type: 'array', items: { type: 'object' } },
              },
            },
          },
        },
      },
    },
  },
});

/** SARIF: version 2.1.0. */
export const sarif: MaterialKind = {
  type: 'SARIF',
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    const parsed = parseStrictJson(bytes);
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const log = asRecord(parsed.value);
    if (log === undefined) return refused({ at: '/', message: 'a SARIF log is a JSON object' });
    if (!validate(log)) return refused(...schemaFindings(validate.errors));
    const tools = asArray(log.runs).flatMap((run) => {
      const driver = asRecord(asRecord(asRecord(run)?.tool)?.driver);
      const name = asText(driver?.name);
      const version = asText(driver?.semanticVersion) ?? asText(driver?.version);
      return name === undefined ? [] : [version === undefined ? name : `${name}@${version}`];
    });
    const annotations = tools.length === 0 ? {} : { 'chainloop.material.tools': JSON.stringify(tools.slice(0, 16)) };
    return accepted({ annotations, mediaType: 'application/sarif+json' });
  },
};
