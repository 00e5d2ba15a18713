import { createRequire } from 'node:module';
import type { Ajv, AnySchemaObject, CodeOptions, ValidateFunction } from 'ajv';
import { type SchemaOptions, schemaCompiler } from './schema.ts';

/** A schema that others publish, and what it is compiled with. */
export interface PublishedSchema extends SchemaOptions {
  /** The files of the schemas that it refers to. */
  readonly references?: readonly string[];
}

const CYCLONEDX: PublishedSchema = { references: ['cyclonedx/spdx', 'cyclonedx/jsf', 'cyclonedx/cryptography'] };
const CSAF: PublishedSchema = {
  isStrict: true,
  references: [
    ...['csaf/cvss-2.0', 'csaf/cvss-3.0', 'csaf/cvss-3.1', 'csaf/cvss-4.0'],
    ...['csaf/ssvc-decision-point', 'csaf/ssvc-selection'],
  ],
};
const INTERFACE: PublishedSchema = { isStrict: true };
const SPDX: PublishedSchema = {};

/** All of them, by their files without `.gen.json`. */
const SCHEMAS = {
  'cyclonedx/bom-1.4': CYCLONEDX,
  'cyclonedx/bom-1.5': CYCLONEDX,
  'cyclonedx/bom-1.6': CYCLONEDX,
  'cyclonedx/bom-1.7': CYCLONEDX,
  'csaf/csaf-2.0': CSAF,
  'csaf/csaf-2.1': CSAF,
  'interface/asyncapi-2.6': INTERFACE,
  'interface/asyncapi-3.0': INTERFACE,
  'interface/openapi-2.0': INTERFACE,
  'interface/openapi-3.0': INTERFACE,
  'interface/openapi-3.1': INTERFACE,
  'interface/openapi-3.2': INTERFACE,
  'spdx/spdx-2.2': SPDX,
  'spdx/spdx-2.3': SPDX,
  'spdx/spdx-3.0': SPDX,
} as const;

export type PublishedName = keyof typeof SCHEMAS;
export const PUBLISHED_SCHEMAS: Readonly<Record<PublishedName, PublishedSchema>> = SCHEMAS;

/** Where, seen from the bundle, the build put the validators that it compiled; without a build there is no such name. */
declare const COMPILED_VALIDATORS: string;

const read = createRequire(import.meta.url);
const ready = new Map<PublishedName, ValidateFunction>();

/**
 * The validator of a schema, read when the first document comes that needs it: most processes meet few of them, and all
 * together take a tenth of a second and 20 MB. Bundles have them compiled; in the sources they are compiled here.
 */
export function publishedValidator(name: PublishedName): ValidateFunction {
  const validate = ready.get(name) ?? (typeof COMPILED_VALIDATORS === 'string' ? readCompiled(name) : compile(name));
  ready.set(name, validate);
  return validate;
}

const readCompiled = (name: PublishedName): ValidateFunction => read(`${COMPILED_VALIDATORS}${name}.cjs`);

const compile = (name: PublishedName): ValidateFunction => publishedCompiler(name).validate;

/** A validator and what compiled it, from which the build has its code. */
export function publishedCompiler(
  name: PublishedName,
  code?: CodeOptions,
): { readonly ajv: Ajv; readonly validate: ValidateFunction } {
  const { references = [], ...options } = PUBLISHED_SCHEMAS[name];
  const schema = readSchema(name);
  const ajv = schemaCompiler(schema, references.map(readSchema), options, code);
  return { ajv, validate: ajv.compile(schema) };
}

const readSchema = (name: string): AnySchemaObject => read(`./${name}.gen.json`);

/** The published schemas of a format, by the version that a document declares. */
export type SchemaVersions = Readonly<Record<string, PublishedName>>;

/** The validator of a version; undefined for a version without a schema. */
export const versionedValidators =
  (schemas: SchemaVersions) =>
  (version: string): ValidateFunction | undefined => {
    // Not `schemas[version]` alone: every object inherits a `constructor`.
    const name = Object.hasOwn(schemas, version) ? schemas[version] : undefined;
    return name === undefined ? undefined : publishedValidator(name);
  };
