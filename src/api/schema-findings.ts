import type { ErrorObject } from 'ajv';
import { excerpt } from './excerpt.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './problem.ts';
import { asArray, asRecord, asText } from './record.ts';

/** What a pattern of the CRDs means, in words; a test holds that each of them is here. */
export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  '^[0-9a-f-]{36}$': 'a metadata.uid, such as 3f2c1d5e-8a4b-4c6d-9e7f-0a1b2c3d4e5f',
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$': 'a DNS label: lower-case letters, digits and dashes',
  '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$': 'a DNS name: lower-case letters, digits, dashes and dots',
  '^\\w+$': 'a word of letters, digits and underscores',
  '^[A-Za-z_][A-Za-z0-9_]*$': 'the name of a variable: letters, digits and underscores, no digit first',
  '^[-._a-zA-Z0-9]+$': 'a key of letters, digits, dots, dashes and underscores',
  '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$':
    'the value of a label: letters, digits, dots, dashes and underscores',
  '^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$':
    'the name of a label, such as tier or example.com/tier',
  '^[^*].*\\*': "a name with '*' in it, though not at its start",
  '^https?://[^\\s@]+$': "an address that starts with 'https://' or 'http://', without user and spaces",
  '^https://': "an address that starts with 'https://'",
  '^https://[^/?#@\\s\\\\]+(/[^?#\\s\\\\]*)?$':
    "an address that starts with 'https://', without user, query and fragment",
  '^/[^/].*$': 'an absolute path',
  '^[a-z0-9][a-z0-9.-]*[a-z0-9]$': 'the name of a bucket: lower-case letters, digits, dots and dashes',
  "^([A-Za-z0-9!_.*'()-]+/)+$": "parts of letters, digits and !_.*'()-, each with a slash at its end",
  '^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$':
    'a repository with the host of its registry, such as ghcr.io/example/evidence',
  '^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+@sha256:[0-9a-f]{64}$':
    'a repository with the host of its registry and a digest, such as ghcr.io/example/policies@sha256:…, with 64 hexadecimal digits',
  '^[a-z0-9-]+$': 'the name of a region: lower-case letters, digits and dashes',
  '^https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?$':
    "an address that starts with 'https://' or 'http://', without user, query and fragment",
  '^arn:[a-z0-9-]+:iam::[0-9]*:role/.+$': 'the ARN of a role, such as arn:aws:iam::123456789012:role/proviso',
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$':
    'a time with its zone, RFC 3339, such as 2026-06-01T00:00:00Z',
  '^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$':
    "a path of letters, digits, '-', '_' and '.', no part of which starts with a dot",
  '^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?$': 'a duration such as 1h, 30m or 1h30m',
  '^([0-9]{1,3}h)?([0-9]{1,5}m)?$': 'a duration of hours and minutes such as 24h or 30m',
  '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$': 'a duration such as 26h, 45m or 1h30m',
};

/** A validator's error as a sentence: the field, what is there, what was expected, what was probably meant. */
export function schemaFinding(error: ErrorObject): Finding {
  const at = fieldPath(error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params.additionalProperty);
      const known = Object.keys(asRecord(error.parentSchema?.properties) ?? {});
      return { at: join(at, excerpt(name)), message: `unknown field ${quote(name)}; ${suggestion(name, known)}` };
    }
    case 'required':
      return { at: join(at, String(params.missingProperty)), message: 'is required' };
    case 'enum': {
      const allowed = asArray(params.allowedValues).map(String);
      return {
        at,
        message: `${quote(error.data)} is not allowed here; ${suggestion(asText(error.data) ?? '', allowed)}`,
      };
    }
    case 'type':
      return { at, message: `must be ${article(String(params.type))}, not ${typeName(error.data)}` };
    case 'pattern': {
      const pattern = asText(params.pattern) ?? '';
      return { at, message: `${quote(error.data)} must be ${PATTERN_WORDS[pattern] ?? `of the form ${pattern}`}` };
    }
    case 'format':
      return { at, message: `${quote(error.data)} must be a day of the calendar, such as 2026-06-01T00:00:00Z` };
    case 'uniqueItems': {
      const [first, second] = [Number(params.i), Number(params.j)].sort((a, b) => a - b);
      return { at: `${at}[${second}]`, message: `is the same as ${at}[${first}]; take one of them away` };
    }
    default:
      return { at, message: limitMessage(error) };
  }
}

/** `/spec/materials/1/type` as people write it: `spec.materials[1].type`. */
export function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '');
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function suggestion(word: string, allowed: readonly string[]): string {
  const meant = nearest(word, allowed);
  const list = `allowed are ${allowed.join(', ')}`;
  return meant === undefined ? list : `did you mean '${meant}'? ${list}`;
}

function limitMessage({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  const { limit } = params;
  switch (keyword) {
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'maxItems':
      return `must have at most ${limit} entries`;
    case 'minItems':
    case 'minProperties':
      return `must have at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'maxProperties':
      return `must have at most ${limit} entries`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    default:
      return message;
  }
}

const quote = (value: unknown): string => `'${excerpt(asText(value) ?? JSON.stringify(value))}'`;
const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return article(typeof value);
}
