import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { accepted, MAX_DOCUMENT_BYTES, type MaterialKind, refused, unreadable } from './kind.ts';
import { compileSchema, schemaFindings } from './schema.ts';

const ID = { type: 'string', pattern: '^SPDXRef-[A-Za-z0-9.-]+$' } as const;

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
export const spdx: MaterialKind = {
  type: 'SBOM_SPDX_JSON',
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    const parsed = parseStrictJson(bytes);
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const document = asRecord(parsed.value);
    if (document === undefined) return refused({ at: '/', message: 'an SPDX document is a JSON object' });
    if (!validate(document)) return refused(...schemaFindings(validate.errors));
    return accepted({ annotations: facts(document), mediaType: 'application/spdx+json' });
  },
};

function facts(document: UnknownRecord): Readonly<Record<string, string>> {
  const main = describedPackage(document);
  const creators = asArray(asRecord(document.creationInfo)?.creators);
  const tools = creators.flatMap((creator) => {
    const name = /^Tool: ?(.+)$/.exec(String(creator))?.[1];
    return name === undefined ? [] : [name.replace(/-(?=[vV]?\d[^-]*$)/, '@')];
  });
  const named = {
    name: asText(main?.name),
    type: asText(main?.primaryPackagePurpose)?.toLowerCase(),
    version: asText(main?.versionInfo),
  };
  return {
    ...Object.fromEntries(
      Object.entries(named).flatMap(([key, value]) =>
        value === undefined ? [] : [[`chainloop.material.sbom.main_component.${key}`, value.slice(0, 1024)]],
      ),
    ),
    ...(tools.length === 0 ? {} : { 'chainloop.material.tools': JSON.stringify(tools.slice(0, 16)) }),
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
