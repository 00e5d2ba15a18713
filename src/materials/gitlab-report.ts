import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { NAME } from './schema.ts';

interface ScanTool {
  readonly name: string;
  readonly version?: string;
}

interface Report {
  readonly scan: { readonly scanner?: ScanTool; readonly analyzer?: ScanTool };
}

const TOOL = { type: 'object', required: ['name'], properties: { name: NAME, version: NAME } } as const;

/** GITLAB_SECURITY_REPORT: what GitLab's security report schemas say of all types of scan. */
export const gitlabReport = jsonReport<Report>('GITLAB_SECURITY_REPORT', {
  notes: {
    accepts: 'A security report of GitLab, of any type of scan.',
    versions: ['14', '15'],
    facts: TOOL_FACTS,
  },
  schema: {
    type: 'object',
    required: ['version', 'scan', 'vulnerabilities'],
    properties: {
      version: { type: 'string', pattern: '^1[45]\\.\\d+\\.\\d+$' },
      scan: {
        type: 'object',
        required: ['type', 'status'],
        anyOf: [{ required: ['scanner'] }, { required: ['analyzer'] }],
        properties: {
          type: {
            enum: [
              'sast',
              'dast',
              'api_fuzzing',
              'coverage_fuzzing',
              'secret_detection',
              'dependency_scanning',
              'container_scanning',
              'container_scanning_for_registry',
              'cluster_image_scanning',
            ],
          },
          status: { enum: ['success', 'failure'] },
          scanner: TOOL,
          analyzer: TOOL,
          start_time: { type: 'string' },
          end_time: { type: 'string' },
        },
      },
      vulnerabilities: {
        type: 'array',
        items: {
          type: 'object',
          required: ['identifiers', 'location'],
          properties: {
            id: { type: 'string', minLength: 1 },
            name: { type: 'string' },
            severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
            location: { type: 'object' },
            identifiers: {
              type: 'array',
              minItems: 1,
              items: {
                type: 'object',
                required: ['type', 'name', 'value'],
                properties: {
                  type: { type: 'string', minLength: 1 },
                  name: { type: 'string', minLength: 1 },
                  value: { type: 'string', minLength: 1 },
                },
              },
            },
          },
        },
      },
    },
  },
  // The scanner found it; the analyzer is what GitLab wraps around scanners.
  facts: ({ scan }) => {
    const tool = scan.scanner ?? scan.analyzer;
    return tool === undefined ? {} : toolFacts([toolName(tool.name, tool.version)]);
  },
});
