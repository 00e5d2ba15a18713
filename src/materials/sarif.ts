import { asArray, asRecord, asText } from '../api/record.ts';
import { scanTypeFacts } from './checkmarx.ts';
import { checkmarxEngines } from './checkmarx-sarif.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { schemaCheck } from './schema.ts';

/** What SARIF 2.1.0 says must be there, of the parts that reports are read for. */
const check = schemaCheck({
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
export const sarif = jsonDocument(
  'SARIF',
  (log) => {
    const findings = check(log);
    if (findings.length > 0) return refused(...findings);
    const tools = asArray(log.runs).flatMap((run) => {
      const driver = asRecord(asRecord(asRecord(run)?.tool)?.driver);
      const name = asText(driver?.name);
      return name === undefined ? [] : [toolName(name, asText(driver?.semanticVersion) ?? asText(driver?.version))];
    });
    const scanTypes = scanTypeFacts(asArray(log.runs).flatMap(checkmarxEngines));
    return accepted({ annotations: { ...toolFacts(tools), ...scanTypes }, mediaType: 'application/sarif+json' });
  },
  { accepts: 'A SARIF log of any tool.', versions: ['2.1.0'], facts: [...TOOL_FACTS, 'scan.types'] },
);
