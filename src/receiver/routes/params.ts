import type { Request } from 'express';
import { Problem } from '../../api/problem.ts';

const NAME = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;

/** A path parameter that names an object: it goes into paths of the API server, so only names pass. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value === 'string' && value.length <= 253 && NAME.test(value)) return value;
  throw new Problem('request-invalid', `'${String(value).slice(0, 100)}' is not a name`, {
    errors: [{ at: name, message: 'must be lower-case letters, digits, dashes and dots' }],
  });
}

/** A query parameter that is given at most once. */
export function query(request: Request, name: string, maxLength: number): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [{ at: `?${name}=`, message: `must be given once, with at most ${maxLength} characters` }],
  });
}
