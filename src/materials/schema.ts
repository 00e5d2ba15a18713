import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { MAX_FINDINGS } from './kind.ts';
import { uniqueItems } from './unique-items.ts';

export interface SchemaOptions {
  /** Whether entries of a list that must differ are compared, and times are read. */
  readonly isStrict?: boolean;
}

/**
 * A validator of a published schema. Those schemas use words that ajv's strict mode doesn't know, so it is off. Formats
 * aren't checked: real tools write `git+https://…` where an IRI is asked for. Only of a URI a scheme is asked: the schema of
 * signatures takes either the name of an algorithm or a URI, and with no difference between them it takes neither. Lists
 * aren't searched for duplicates, unless it is strict: real SBOMs name a component twice.
 */
export function compileSchema(
  schema: AnySchemaObject,
  references: readonly AnySchemaObject[] = [],
  { isStrict = false }: SchemaOptions = {},
): ValidateFunction {
  const formats = { uri: /^[a-z][a-z0-9+.-]*:/i, ...(isStrict ? { 'date-time': TIME } : {}) };
  const Dialect = /2020-12/.test(String(schema.$schema)) ? Ajv2020 : Ajv;
  const ajv = new Dialect({ strict: false, allErrors: false, formats, logger: false });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(isStrict ? uniqueItems : { keyword: 'uniqueItems', schemaType: 'boolean' });
  for (const reference of references) ajv.addSchema(reference);
  return ajv.compile(schema);
}

/** The published schemas of a format, by the version that a document declares. */
export type SchemaVersions = Readonly<Record<string, AnySchemaObject>>;

/** The validator of a version, compiled when the first document of it comes; undefined for a version without a schema. */
export function versionedValidators(
  schemas: SchemaVersions,
  references?: readonly AnySchemaObject[],
  options?: SchemaOptions,
): (version: string) => ValidateFunction | undefined {
  const compiled = new Map<string, ValidateFunction>();
  return (version) => {
    // Not `schemas[version]` alone: every object inherits a `constructor`.
    const schema = Object.hasOwn(schemas, version) ? schemas[version] : undefined;
    if (schema === undefined) return undefined;
    const validate = compiled.get(version) ?? compileSchema(schema, references, options);
    compiled.set(version, validate);
    return validate;
  };
}

/** RFC 3339, as far as a pattern can say it. */
const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Tells what is wrong with a document; nothing is wrong with one that has no findings. */
export type SchemaCheck = (document: unknown) => readonly Finding[];

/** A check against a schema of ours. It is compiled when the first document comes: most processes meet few kinds. */
export function schemaCheck(schema: AnySchemaObject): SchemaCheck {
  let validate: ValidateFunction | undefined;
  return (document) => {
    validate ??= compileSchema(schema);
    return validate(document) ? [] : schemaFindings(validate.errors);
  };
}

/** A text that becomes a fact, such as the name of a tool: not empty, and without what a terminal would act upon. */
export const NAME = { type: 'string', minLength: 1, pattern: '^[^\\u0000-\\u001f\\u007f]*$' } as const;

/** What the validator found, in words: where, what was expected. */
export function schemaFindings(errors: readonly ErrorObject[] | null | undefined): readonly Finding[] {
  return (errors ?? []).slice(0, MAX_FINDINGS).map(({ instancePath, message = 'is not valid', params }) => ({
    at: instancePath === '' ? '/' : instancePath,
    message: `${message}${detail(params)}`,
  }));
}

function detail(params: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(params.allowedValues)) return `: ${params.allowedValues.slice(0, 12).join(', ')}`;
  if (typeof params.additionalProperty === 'string') return `: '${excerpt(params.additionalProperty)}'`;
  if (typeof params.unevaluatedProperty === 'string') return `: '${excerpt(params.unevaluatedProperty)}'`;
  return '';
}
