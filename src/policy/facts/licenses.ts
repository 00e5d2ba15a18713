import exceptions from 'spdx-exceptions/index.json' with { type: 'json' };
import parse from 'spdx-expression-parse';
import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import current from 'spdx-license-ids/index.json' with { type: 'json' };

const MAX_EXPRESSION = 4096;

/**
 * The licences that an SPDX expression names, each once, exceptions with them (`GPL-2.0-only WITH Classpath-exception-2.0`).
 * Of a text that is no expression, such as `MIT License`, the text itself.
 */
export function licenseIds(expression: string): readonly string[] {
  const info = parsed(expression);
  return info === undefined ? [expression.trim()] : [...new Set(leavesOf(info).map(nameOf))];
}

/**
 * Whether somebody who may use only the allowed licences may use what is under this one: all sides of an AND, one side of an
 * OR. An exception adds rights, so a licence that is allowed is allowed with any. A text that is no expression is allowed
 * if it is listed as it stands.
 */
export function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const listed = new Set(allowed);
  const info = parsed(expression);
  return info === undefined ? listed.has(expression.trim()) : satisfies(info, listed);
}

/**
 * Whether a text is an SPDX expression of licences that SPDX lists, so that it is known what it says. A `LicenseRef-…` only
 * the document itself could explain.
 */
export function isKnown(expression: string): boolean {
  const info = parsed(expression);
  return info !== undefined && leavesOf(info).every(({ license }) => !/^(?:LicenseRef|DocumentRef)-/.test(license));
}

type Info = ReturnType<typeof parse>;
type Leaf = Extract<Info, { readonly license: string }>;

function satisfies(info: Info, allowed: ReadonlySet<string>): boolean {
  if (!('conjunction' in info))
    return allowed.has(nameOf(info)) || allowed.has(idOf(info)) || allowed.has(info.license);
  const [left, right] = [satisfies(info.left, allowed), satisfies(info.right, allowed)];
  return info.conjunction === 'and' ? left && right : left || right;
}

const leavesOf = (info: Info): readonly Leaf[] =>
  'conjunction' in info ? [...leavesOf(info.left), ...leavesOf(info.right)] : [info];

const idOf = ({ license, plus }: Leaf): string => `${license}${plus === true ? '+' : ''}`;

const nameOf = (leaf: Leaf): string =>
  leaf.exception === undefined ? idOf(leaf) : `${idOf(leaf)} WITH ${leaf.exception}`;

/** Their case means nothing, and the parser wants the one of the list. */
const SPELLINGS = new Map([...current, ...deprecated, ...exceptions].map((id) => [id.toLowerCase(), id]));
const WORD = /[\w.-]+/g;

/** Of a thousand components most are under the same few. */
const known = new Map<string, Info | undefined>();
const MAX_KNOWN = 1024;

function parsed(expression: string): Info | undefined {
  if (expression.length > MAX_EXPRESSION) return undefined;
  if (!known.has(expression)) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(expression, parsedAnew(expression));
  }
  return known.get(expression);
}

function parsedAnew(expression: string): Info | undefined {
  try {
    return parse(expression.replaceAll(WORD, (word) => SPELLINGS.get(word.toLowerCase()) ?? word));
  } catch {
    return undefined;
  }
}
