import type { ValidateFunction } from 'ajv';
import { excerpt } from '../../api/excerpt.ts';
import type { MaterialType } from '../../api/material-types.ts';
import { asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { closestFindings } from '../closest-findings.ts';
import { parseJsonDocument } from '../json-document.ts';
import { accepted, deviating, type Inspection, type MaterialKind, refused, WHOLE_DOCUMENT } from '../kind.ts';
import { type SchemaVersions, versionedValidators } from '../published.ts';
import { parseYaml } from '../yaml-document.ts';

/** How the description of an interface says which version of its format it is of. */
export interface InterfaceFormat {
  readonly name: string;
  /** The members that may hold the version, of which a document has one. */
  readonly members: readonly string[];
  /** A schema for each version, such as `3.0`; a third number may follow it where the schema says so. */
  readonly schemas: SchemaVersions;
  readonly mediaType: string;
  /** Annotations beside those of the version, the name and the version of the interface. */
  readonly facts?: (document: UnknownRecord) => Readonly<Record<string, string>>;
  readonly moreFacts?: readonly string[];
}

/** A kind that describes an interface in JSON or YAML, checked against the schema of the version that it declares. */
export function interfaceDocument(type: MaterialType, format: InterfaceFormat): MaterialKind {
  const validatorOf = versionedValidators(format.schemas);
  return {
    type,
    ...WHOLE_DOCUMENT,
    notes: {
      accepts: `A description of an interface for ${format.name}, in JSON or YAML.`,
      versions: Object.keys(format.schemas),
      facts: ['api.spec_version', 'api.name', 'api.version', ...(format.moreFacts ?? [])],
    },
    inspect(input) {
      const isJson = startsObject(input.bytes);
      const parsed = isJson ? parseJsonDocument(input) : parseYaml(input.bytes);
      if (!parsed.ok) return refused({ at: parsed.at, message: parsed.message });
      const document = asRecord(parsed.value);
      if (document === undefined) return refused({ at: '/', message: `must be an object, as ${format.name} is` });
      return inspectDocument(document, format, validatorOf, isJson ? 'json' : 'yaml');
    },
  };
}

/** Whether the first character that counts is that of a JSON object; a YAML document may start so too, and never does. */
function startsObject(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(head);
}

function inspectDocument(
  document: UnknownRecord,
  format: InterfaceFormat,
  validatorOf: (version: string) => ValidateFunction | undefined,
  syntax: string,
): Inspection {
  const [member, other] = format.members.filter((name) => Object.hasOwn(document, name));
  if (member === undefined) {
    const members = format.members.map((name) => `'${name}'`).join(' or ');
    return refused({ at: '/', message: `a document of ${format.name} has its version in ${members}` });
  }
  if (other !== undefined) return refused({ at: `/${other}`, message: `must not stand beside '${member}'` });
  const declared = document[member];
  const known = Object.keys(format.schemas);
  const version = known.find((name) => declared === name || String(declared).startsWith(`${name}.`));
  const validate = version === undefined ? undefined : validatorOf(version);
  if (typeof declared !== 'string' || validate === undefined) {
    const found =
      typeof declared === 'number' ? `${declared}, a number: put it into quotes` : excerpt(String(declared));
    return refused({ at: `/${member}`, message: `must be a version of ${known.join(', ')}, not ${found}` });
  }
  const found = {
    annotations: { ...facts(document, declared), ...format.facts?.(document) },
    mediaType: `${format.mediaType}+${syntax}`,
  };
  return validate(document) ? accepted(found) : deviating(closestFindings(validate.errors), found);
}

function facts(document: UnknownRecord, specVersion: string): Readonly<Record<string, string>> {
  const info = asRecord(document.info);
  const found = { spec_version: specVersion, name: asText(info?.title), version: asText(info?.version) };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) =>
      value === undefined ? [] : [[`chainloop.material.api.${name}`, excerpt(value, 1024)]],
    ),
  );
}
