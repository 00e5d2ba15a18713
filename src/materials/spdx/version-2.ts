import type { Finding } from '../../api/problem.ts';
import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { mainComponentFacts, toolFacts } from '../sbom-facts.ts';
import { schemaCheck } from '../schema.ts';

/** The text of the standard allows letters, digits, dots and dashes; its schema allows all, and tools write all. */
const ID = { type: 'string', pattern: '^SPDXRef-.' } as const;
const named = { type: 'array', items: { type: 'object', properties: { SPDXID: ID } } } as const;

/** What the text of the standard says and its schema doesn't. */
export const spdx2Rules: (document: UnknownRecord) => readonly Finding[] = schemaCheck({
  type: 'object',
  required: ['documentNamespace'],
  properties: {
    SPDXID: { const: 'SPDXRef-DOCUMENT' },
    name: { minLength: 1 },
    dataLicense: { minLength: 1 },
    documentNamespace: { pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^#\\s]+$' },
    documentDescribes: { type: 'array', items: ID },
    creationInfo: {
      type: 'object',
      required: ['created', 'creators'],
      properties: {
        created: { pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' },
        creators: { type: 'array', minItems: 1, items: { pattern: '^(Tool|Person|Organization): ?.+' } },
      },
    },
    packages: named,
    files: named,
  },
});

/** The main component and the tools of SPDX 2. */
export function spdx2Facts(document: UnknownRecord): Readonly<Record<string, string>> {
  const main = describedPackage(document);
  const creators = asArray(asRecord(document.creationInfo)?.creators);
  const tools = creators.flatMap((creator) => {
    const name = /^Tool: ?(.+)$/.exec(String(creator))?.[1];
    return name === undefined ? [] : [name.replace(/-(?=[vV]?\d[^-]*$)/, '@')];
  });
  const type = asText(main?.primaryPackagePurpose)?.toLowerCase();
  return {
    ...mainComponentFacts({ name: asText(main?.name), type, version: asText(main?.versionInfo) }),
    ...toolFacts(tools),
  };
}

/** The first package that the document describes, by relation or by the older list. */
function describedPackage(document: UnknownRecord): UnknownRecord | undefined {
  const describes = asArray(document.relationships)
    .map(asRecord)
    .find((relation) => relation?.relationshipType === 'DESCRIBES' && relation.spdxElementId === 'SPDXRef-DOCUMENT');
  const id = describes?.relatedSpdxElement ?? asArray(document.documentDescribes)[0];
  return asArray(document.packages)
    .map(asRecord)
    .find((entry) => entry !== undefined && entry.SPDXID === id);
}
