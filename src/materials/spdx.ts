import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, refused } from './kind.ts';
import { mainComponentFacts, SBOM_FACTS, toolFacts } from './sbom-facts.ts';
import { compileSchema, schemaFindings } from './schema.ts';

/** The text of the standard allows letters, digits, dots and dashes; its schema allows all, and tools write all. */
const ID = { type: 'string', pattern: '^SPDXRef-.' } as const;

/** What SPDX 2.2 and 2.3 say must be there; the official schema isn't published as a package. */
const validate = compileSchema({
  type: 'object',
  required: ['spdxVersion', 'SPDXID', 'name', 'dataLicense', 'documentNamespace', 'creationInfo'],
  properties: {
    spdxVersion: { enum: ['SPDX-2.2', 'SPDX-2.3'] },
    SPDXID: { const: 'SPDXRef-DOCUMENT' },
    name: { type: 'string', minLength: 1 },
    dataLicense: { type: 'string', minLength: 1 },
    documentNamespace: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^#\\s]+$' },
    documentDescribes: { type: 'array', items: ID },
    creationInfo: {
      type: 'object',
      required: ['created', 'creators'],
      properties: {
        created: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' },
        creators: {
          type: 'array',
          minItems: 1,
          items: { type: 'string', pattern: '^(Tool|Person|Organization): ?.+' },
        },
      },
    },
    packages: {
      type: 'array',
      items: {
        type: 'object',
        required: ['SPDXID', 'name', 'downloadLocation'],
        properties: {
          SPDXID: ID,
          name: { type: 'string', minLength: 1 },
          downloadLocation: { type: 'string', minLength: 1 },
          versionInfo: { type: 'string' },
          primaryPackagePurpose: { type: 'string' },
          checksums: {
            type: 'array',
            items: {
              type: 'object',
              required: ['algorithm', 'checksumValue'],
              properties: {
                algorithm: { type: 'string' },
                checksumValue: { type: 'string', pattern: '^[0-9a-fA-F]+$' },
              },
            },
          },
        },
      },
    },
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: ['SPDXID', 'fileName'],
        properties: { SPDXID: ID, fileName: { type: 'string', minLength: 1 } },
      },
    },
    relationships: {
      type: 'array',
      items: {
        type: 'object',
        required: ['spdxElementId', 'relatedSpdxElement', 'relationshipType'],
        properties: {
          spdxElementId: { type: 'string', minLength: 1 },
          relatedSpdxElement: { type: 'string', minLength: 1 },
          relationshipType: { type: 'string', minLength: 1 },
        },
      },
    },
  },
});

/** SBOM_SPDX_JSON: SPDX 2.2 and 2.3. */
export const spdx = jsonDocument(
  'SBOM_SPDX_JSON',
  (document) =>
    validate(document)
      ? accepted({ annotations: facts(document), mediaType: 'application/spdx+json' })
      : refused(...schemaFindings(validate.errors)),
  { accepts: 'An SPDX document.', versions: ['2.2', '2.3'], facts: SBOM_FACTS },
);

function facts(document: UnknownRecord): Readonly<Record<string, string>> {
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
