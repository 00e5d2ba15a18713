import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { MAX_FINDINGS } from './kind.ts';

/**
 * A validator of a published schema. Those schemas use words that ajv's strict mode doesn't know, so it is off. Formats
 * aren't checked: real tools write `git+https://…` where an IRI is asked for. Only of a URI a scheme is asked: the schema of
 * signatures takes either the name of an algorithm or a URI, and with no difference between them it takes neither. Lists
 * aren't searched for duplicates: the keyword takes a time that grows with the square of the length, and real SBOMs name a
 * component twice.
 */
export function compileSchema(schema: AnySchemaObject, references: readonly AnySchemaObject[] = []): ValidateFunction {
  const formats = { uri: /^[a-z][a-z0-9+.-]*:/i };
  const ajv = new Ajv({ strict: false, allErrors: false, formats, logger: false });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', schemaType: 'boolean' });
  for (const reference of references) ajv.addSchema(reference);
  return ajv.compile(schema);
}

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
  return '';
}
