import type { AnySchemaObject, ValidateFunction } from 'ajv';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import bom14 from './cyclonedx/bom-1.4.gen.json' with { type: 'json' };
import bom15 from './cyclonedx/bom-1.5.gen.json' with { type: 'json' };
import bom16 from './cyclonedx/bom-1.6.gen.json' with { type: 'json' };
import bom17 from './cyclonedx/bom-1.7.gen.json' with { type: 'json' };
import cryptography from './cyclonedx/cryptography.gen.json' with { type: 'json' };
import jsf from './cyclonedx/jsf.gen.json' with { type: 'json' };
import spdx from './cyclonedx/spdx.gen.json' with { type: 'json' };
import { accepted, MAX_DOCUMENT_BYTES, type MaterialKind, refused, unreadable } from './kind.ts';
import { compileSchema, schemaFindings } from './schema.ts';

const SCHEMAS: Readonly<Record<string, AnySchemaObject>> = { '1.4': bom14, '1.5': bom15, '1.6': bom16, '1.7': bom17 };
const VERSIONS = Object.keys(SCHEMAS);
const validators = new Map<string, ValidateFunction>();

/** SBOM_CYCLONEDX_JSON: CycloneDX 1.4 to 1.7, each against its own schema. */
export const cyclonedx: MaterialKind = {
  type: 'SBOM_CYCLONEDX_JSON',
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    const parsed = parseStrictJson(bytes);
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const bom = asRecord(parsed.value);
    if (bom?.bomFormat !== 'CycloneDX') {
      return refused({ at: '/bomFormat', message: "a CycloneDX SBOM has bomFormat 'CycloneDX'" });
    }
    const version = asText(bom.specVersion) ?? '';
    const validate = validatorOf(version);
    if (validate === undefined) {
      return refused({ at: '/specVersion', message: `'${version}' is not one of ${VERSIONS.join(', ')}` });
    }
    if (!validate(withoutNullCwes(bom))) return refused(...schemaFindings(validate.errors));
    return accepted({ annotations: facts(bom), mediaType: 'application/vnd.cyclonedx+json' });
  },
};

function validatorOf(version: string): ValidateFunction | undefined {
  const known = validators.get(version);
  const schema = SCHEMAS[version];
  if (known !== undefined || schema === undefined || !Object.hasOwn(SCHEMAS, version)) return known;
  const compiled = compileSchema(schema, [spdx, jsf, cryptography]);
  validators.set(version, compiled);
  return compiled;
}

/** Scanners are known to write `"cwes": null` for a vulnerability without any. */
function withoutNullCwes(bom: UnknownRecord): UnknownRecord {
  if (!Array.isArray(bom.vulnerabilities)) return bom;
  const vulnerabilities = bom.vulnerabilities.map((entry: unknown) => {
    const vulnerability = asRecord(entry);
    if (vulnerability === undefined || vulnerability.cwes !== null) return entry;
    const { cwes: _, ...rest } = vulnerability;
    return rest;
  });
  return { ...bom, vulnerabilities };
}

function facts(bom: UnknownRecord): Readonly<Record<string, string>> {
  const metadata = asRecord(bom.metadata);
  const main = asRecord(metadata?.component);
  const tools = toolsOf(metadata?.tools);
  const named = { name: asText(main?.name), type: asText(main?.type), version: asText(main?.version) };
  return {
    ...Object.fromEntries(
      Object.entries(named).flatMap(([key, value]) =>
        value === undefined ? [] : [[`chainloop.material.sbom.main_component.${key}`, value.slice(0, 1024)]],
      ),
    ),
    ...(tools.length === 0 ? {} : { 'chainloop.material.tools': JSON.stringify(tools).slice(0, 4096) }),
    ...(bom.vulnerabilities === undefined ? {} : { 'chainloop.material.sbom.vulnerabilities_report': 'true' }),
  };
}

/** Tools as a list (to 1.4) or as an object with components (from 1.5). */
function toolsOf(tools: unknown): readonly string[] {
  const list = Array.isArray(tools) ? tools : asArray(asRecord(tools)?.components);
  return list.slice(0, 16).flatMap((entry: unknown) => {
    const tool = asRecord(entry);
    const name = asText(tool?.name);
    if (name === undefined) return [];
    const version = asText(tool?.version);
    return [version === undefined ? name : `${name}@${version}`];
  });
}
