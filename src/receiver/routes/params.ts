import type { Request } from 'express';
import { Problem } from '../../api/problem.ts';
import { isDigest } from '../../evidence/digest.ts';
import type { Digest } from '../../evidence/store.ts';

const NAME = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;

/** A path parameter that names an object. */
export const param = (request: Request, name: string): string => objectName(request.params[name], name);

/** The path parameter `digest`. */
export function digestParam(request: Request): Digest {
  const digest = String(request.params.digest);
  if (isDigest(digest)) return digest;
  const errors = [{ at: 'digest', message: 'must be sha256: and 64 lower-case hex digits' }];
  throw new Problem('request-invalid', `'${digest.slice(0, 100)}' is not a digest`, { errors });
}

/** A query parameter that names an object. */
export function nameQuery(request: Request, name: string): string | undefined {
  const value = query(request, name, 253);
  return value === undefined ? undefined : objectName(value, `?${name}=`);
}

/** It goes into paths of the API server, so only names pass. */
function objectName(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length <= 253 && NAME.test(value)) return value;
  throw new Problem('request-invalid', `'${String(value).slice(0, 100)}' is not a name`, {
    errors: [{ at: name, message: 'must be lower-case letters, digits, dashes and dots' }],
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** A query parameter that is given at most once, without characters that would write on a reader's terminal. */
export function query(request: Request, name: string, maxLength: number): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= maxLength && !CONTROL.test(value)) return value;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [
      {
        at: `?${name}=`,
        message: `must be given once, with at most ${maxLength} characters and no control characters`,
      },
    ],
  });
}

/** A parameter that is `true`, `false` or absent. */
export function flag(request: Request, name: string): boolean {
  const value = query(request, name, 8);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [{ at: `?${name}=`, message: 'must be true or false' }],
  });
}

/** A parameter that is one of a few words; absent, the first of them. */
export function choice<T extends string>(request: Request, name: string, words: readonly [T, ...T[]]): T {
  const value = query(request, name, 64);
  const found = words.find((word) => word === (value ?? words[0]));
  if (found !== undefined) return found;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [{ at: `?${name}=`, message: `must be one of ${words.join(', ')}` }],
  });
}

/** A parameter that is a whole number from 1 to `most`. */
export function wholeNumber(request: Request, name: string, otherwise: number, most: number): number {
  const value = query(request, name, 16);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [{ at: `?${name}=`, message: `must be a whole number from 1 to ${most}` }],
  });
}
