import { Ajv, type AnySchemaObject, type CodeOptions, type ErrorObject, type ValidateFunction } from 'ajv';
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
export const compileSchema = (
  schema: AnySchemaObject,
  references: readonly AnySchemaObject[] = [],
  options: SchemaOptions = {},
): ValidateFunction => schemaCompiler(schema, references, options).compile(schema);

/**
 * What compiles that schema; with the option `source` its validators know the code that they are made of, and the schema
 * itself is checked. That takes two thirds of the time, so it is left to the build.
 */
export function schemaCompiler(
  schema: AnySchemaObject,
  references: readonly AnySchemaObject[],
  { isStrict = false }: SchemaOptions,
  code: CodeOptions = {},
): Ajv {
  const formats = { uri: /^[a-z][a-z0-9+.-]*:/i, ...(isStrict ? { 'date-time': TIME } : {}) };
  const Dialect = /2020-12/.test(String(schema.$schema)) ? Ajv2020 : Ajv;
  const validateSchema = code.source === true;
  const ajv = new Dialect({ strict: false, allErrors: false, formats, logger: false, validateSchema, code });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(isStrict ? uniqueItems : { keyword: 'uniqueItems', schemaType: 'boolean' });
  for (const reference of references) ajv.addSchema(reference);
  return ajv;
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
