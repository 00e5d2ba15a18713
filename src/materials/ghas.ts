import { jsonReport } from './json-document.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { NAME } from './schema.ts';

interface CodeScanAlert {
  readonly tool: { readonly name: string; readonly version?: string | null };
}

/** What all alerts of the GitHub API have. */
const ALERT = {
  number: { type: 'integer', minimum: 1 },
  html_url: { type: 'string' },
  created_at: { type: 'string' },
} as const;

const accepts = (endpoint: string) =>
  `The list of alerts that GitHub's API answers at \`${endpoint}\`, empty when there are none.`;

/** GHAS_CODE_SCAN: the code scanning alerts of a repository. */
export const ghasCodeScan = jsonReport<readonly CodeScanAlert[]>('GHAS_CODE_SCAN', {
  notes: { accepts: accepts('code-scanning/alerts'), facts: TOOL_FACTS },
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: ['number', 'rule', 'tool'],
      properties: {
        ...ALERT,
        state: { enum: ['open', 'closed', 'dismissed', 'fixed', null] },
        rule: { type: 'object' },
        tool: { type: 'object', required: ['name'], properties: { name: NAME, version: nullable(NAME) } },
        most_recent_instance: { type: 'object' },
      },
    },
  },
  facts: (alerts) => toolFacts(alerts.map(({ tool }) => toolName(tool.name, tool.version ?? undefined))),
});

/** GHAS_SECRET_SCAN: the secret scanning alerts of a repository. */
export const ghasSecretScan = jsonReport('GHAS_SECRET_SCAN', {
  notes: { accepts: accepts('secret-scanning/alerts'), facts: TOOL_FACTS },
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: ['number', 'secret_type'],
      properties: {
        ...ALERT,
        state: { enum: ['open', 'resolved'] },
        secret_type: { type: 'string', minLength: 1 },
      },
    },
  },
  facts: () => toolFacts(['github-secret-scanning']),
});

/** GHAS_DEPENDENCY_SCAN: the Dependabot alerts of a repository. */
export const ghasDependencyScan = jsonReport('GHAS_DEPENDENCY_SCAN', {
  notes: { accepts: accepts('dependabot/alerts'), facts: TOOL_FACTS },
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: ['number', 'dependency'],
      properties: {
        ...ALERT,
        state: { enum: ['auto_dismissed', 'dismissed', 'fixed', 'open'] },
        dependency: {
          type: 'object',
          properties: {
            package: {
              type: 'object',
              required: ['ecosystem', 'name'],
              properties: { ecosystem: { type: 'string', minLength: 1 }, name: { type: 'string', minLength: 1 } },
            },
            manifest_path: { type: 'string' },
          },
        },
        security_advisory: { type: 'object' },
        security_vulnerability: { type: 'object' },
      },
    },
  },
  facts: () => toolFacts(['dependabot']),
});

function nullable<const Schema extends object>(schema: Schema) {
  return { anyOf: [{ type: 'null' }, schema] } as const;
}
