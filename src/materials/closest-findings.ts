import type { ErrorObject } from 'ajv';
import type { Finding } from '../api/problem.ts';
import { schemaFindings } from './schema.ts';

/**
 * The findings of the deepest place. Of several forms that a value may have, the validator reports what each of them
 * misses, and most have no business here: the one that fits best is the one that failed last.
 */
export function closestFindings(errors: readonly ErrorObject[] | null | undefined): readonly Finding[] {
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length;
  const deepest = (errors ?? []).reduce((most, error) => Math.max(most, depth(error)), 0);
  const first = errors?.find((error) => depth(error) === deepest);
  const there = (errors ?? []).filter(({ instancePath }) => instancePath === first?.instancePath);
  const own = there.filter(({ params, keyword }) => params.missingProperty !== '$ref' && !FORMS.includes(keyword));
  return schemaFindings(own.length > 0 ? own : there);
}

/** That none of the forms fits says nothing beside what each of them lacks. */
const FORMS: readonly string[] = ['oneOf', 'anyOf', 'if'];
