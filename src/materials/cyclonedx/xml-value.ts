import licenses from './spdx.gen.json' with { type: 'json' };
import type { XmlValue } from './xml-model.ts';

const LICENSES: ReadonlySet<string> = new Set(licenses.enum);

/** What the types that XML Schema brings along look like; of those that aren't here anything goes. */
const BASES: Readonly<Record<string, RegExp>> = {
  boolean: /^(?:true|false|0|1)$/,
  integer: /^[+-]?\d+$/,
  nonNegativeInteger: /^(?:\+?\d+|-0+)$/,
  positiveInteger: /^\+?0*[1-9]\d*$/,
  decimal: /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/,
  date: /^-?\d{4,}-\d\d-\d\d(?:Z|[+-]\d\d:\d\d)?$/,
  dateTime: /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/,
};
const MAX_CHECKED = 4096;
const patterns = new Map<string, RegExp>();

/** Whether nothing at all is asked of the text. */
export function isFree(value: XmlValue): boolean {
  for (const facet in value) if (facet !== 'base' || BASES[value.base ?? ''] !== undefined) return false;
  return true;
}

/** What is wrong with a text, in words that fit after it. */
export function wrongValue(text: string, value: XmlValue): string | undefined {
  if (isFree(value)) return undefined;
  const { base, values, isLicense, pattern, min, max, minLength = 0, maxLength = MAX_CHECKED, anyOf } = value;
  // Of a text of no base the blanks count, of all others they don't.
  const plain = base === undefined ? text : text.trim();
  if (plain.length > maxLength) return `must have at most ${maxLength} characters`;
  if (plain.length < minLength) return 'must not be empty';
  if (anyOf !== undefined) {
    const wrong = anyOf.map((one) => wrongValue(text, one));
    return wrong.includes(undefined) ? undefined : wrong[0];
  }
  if (values !== undefined && !values.includes(plain)) return `must be one of ${values.slice(0, 12).join(', ')}`;
  if (isLicense === true && !LICENSES.has(plain)) return 'must be an identifier from the SPDX license list';
  if (base !== undefined && BASES[base]?.test(plain) === false) return `must be of the type ${base}`;
  if (pattern !== undefined && !compiled(pattern).test(plain)) return 'must match the pattern of its schema';
  if (min !== undefined && Number(plain) < min) return `must be at least ${min}`;
  if (max !== undefined && Number(plain) > max) return `must be at most ${max}`;
  return undefined;
}

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  const made = known ?? new RegExp(`^(?:${pattern})$`);
  if (known === undefined) patterns.set(pattern, made);
  return made;
}
