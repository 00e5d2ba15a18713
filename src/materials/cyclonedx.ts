import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { inspectXmlBom } from './cyclonedx/xml.ts';
import { duplicateEntries } from './duplicate-entries.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, deviating, type Inspection, type MaterialKind, refused } from './kind.ts';
import { type SchemaVersions, versionedValidators } from './published.ts';
import { mainComponentFacts, SBOM_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { schemaFindings } from './schema.ts';

const SCHEMAS: SchemaVersions = {
  '1.4': 'cyclonedx/bom-1.4',
  '1.5': 'cyclonedx/bom-1.5',
  '1.6': 'cyclonedx/bom-1.6',
  '1.7': 'cyclonedx/bom-1.7',
};
const VERSIONS = Object.keys(SCHEMAS);
const validatorOf = versionedValidators(SCHEMAS);

const NOTES = {
  accepts: 'A CycloneDX SBOM, in JSON or XML.',
  versions: VERSIONS,
  facts: [...SBOM_FACTS, 'sbom.vulnerabilities_report'],
};
const json = jsonDocument('SBOM_CYCLONEDX_JSON', inspectJson, NOTES);

function inspectJson(bom: UnknownRecord): Inspection {
  if (bom.bomFormat !== 'CycloneDX') {
    return refused({ at: '/bomFormat', message: "a CycloneDX SBOM has bomFormat 'CycloneDX'" });
  }
  const version = asText(bom.specVersion) ?? '';
  const validate = validatorOf(version);
  if (validate === undefined) {
    return refused({ at: '/specVersion', message: `'${excerpt(version)}' is not one of ${VERSIONS.join(', ')}` });
  }
  const found = { annotations: facts(bom), mediaType: 'application/vnd.cyclonedx+json' };
  const { bom: mended, nulls } = withoutNullCwes(bom);
  if (!validate(mended)) return deviating(schemaFindings(validate.errors), found);
  return accepted(found, [...nulls, ...duplicateEntries(bom, LISTS)]);
}

/** Those in which the schema wants every entry once, and scanners write some twice. */
const LISTS = ['components', 'services', 'dependencies', 'vulnerabilities'];

/** SBOM_CYCLONEDX_JSON: CycloneDX 1.4 to 1.7, each against its own schema; in JSON, and also in XML. */
export const cyclonedx: MaterialKind = {
  ...json,
  inspect: (input) => (isXml(input.bytes) ? inspectXmlBom(input.bytes) : json.inspect(input)),
};

/** Whether the first character that counts is that of a tag, in whatever encoding. */
const isXml = (bytes: Uint8Array): boolean =>
  /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</.test(Buffer.from(bytes.subarray(0, 256)).toString('latin1'));

/** Scanners are known to write `"cwes": null` for a vulnerability without any. */
function withoutNullCwes(bom: UnknownRecord): { readonly bom: UnknownRecord; readonly nulls: readonly Finding[] } {
  const nulls: Finding[] = [];
  if (!Array.isArray(bom.vulnerabilities)) return { bom, nulls };
  const vulnerabilities = bom.vulnerabilities.map((entry: unknown, index) => {
    const vulnerability = asRecord(entry);
    if (vulnerability === undefined || vulnerability.cwes !== null) return entry;
    nulls.push({ at: `/vulnerabilities/${index}/cwes`, message: 'must not be null' });
    const { cwes: _, ...rest } = vulnerability;
    return rest;
  });
  return { bom: { ...bom, vulnerabilities }, nulls };
}

function facts(bom: UnknownRecord): Readonly<Record<string, string>> {
  const metadata = asRecord(bom.metadata);
  const main = asRecord(metadata?.component);
  const tools = toolsOf(metadata?.tools);
  return {
    ...mainComponentFacts({ name: asText(main?.name), type: asText(main?.type), version: asText(main?.version) }),
    ...toolFacts(tools),
    ...(bom.vulnerabilities === undefined ? {} : { 'chainloop.material.sbom.vulnerabilities_report': 'true' }),
  };
}

/** Tools as a list (to 1.4) or as an object with components (from 1.5). */
function toolsOf(tools: unknown): readonly string[] {
  const list = Array.isArray(tools) ? tools : asArray(asRecord(tools)?.components);
  return list.flatMap((entry: unknown) => {
    const tool = asRecord(entry);
    const name = asText(tool?.name);
    if (name === undefined) return [];
    return [toolName(name, asText(tool?.version))];
  });
}
