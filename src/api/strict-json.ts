import { type EscapedKey, parseEscapedKeys } from './escaped-keys.ts';
import { excerpt } from './excerpt.ts';
import { endOfString, lineAndColumn, unexpectedToken } from './json-position.ts';

/** What came of reading JSON that somebody sent. */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'json-malformed' | 'json-duplicate-key' | 'json-too-deep' | 'json-too-many-values';
      /** A JSON pointer, or `line N, column M`. */
      readonly at: string;
      readonly message: string;
    };

export interface StrictJsonLimits {
  /** Nested objects and arrays; default 100. */
  readonly maxDepth?: number;
  /** Values, commas and all, that the parser has to make objects of; default 4,194,304. */
  readonly maxValues?: number;
}

const DEFAULT_MAX_DEPTH = 100;
/** Real documents have 20 to 60 bytes a value; `{},{},…` takes 35 times its bytes in memory. */
const DEFAULT_MAX_VALUES = 1 << 22;
/** Keys of one object: a table of millions of them takes the parser seconds and a gigabyte. */
const MAX_KEYS = 1 << 17;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads UTF-8 JSON of RFC 8259 and refuses what readers disagree about: a key twice in one object, in any spelling, bytes
 * that aren't UTF-8, and nesting that would exhaust the stack of a later reader. Linear in the number of bytes. `release` is
 * called once they have been read, before anything is made of them.
 */
export function parseStrictJson(
  bytes: Uint8Array,
  limits: StrictJsonLimits = {},
  release: () => void = () => undefined,
): StrictJson {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return malformed('line 1, column 1', 'the bytes are not UTF-8');
  }
  release();
  if (text.startsWith(BYTE_ORDER_MARK)) {
    return malformed('line 1, column 1', 'the text starts with a byte order mark; write it without one');
  }
  const { maxDepth = DEFAULT_MAX_DEPTH, maxValues = DEFAULT_MAX_VALUES } = limits;
  const escaped: EscapedKey[] = [];
  const finding = scan(text, maxDepth, maxValues, escaped);
  if (finding !== undefined && finding.code !== 'json-duplicate-key') return finding;
  try {
    const value = escaped.length === 0 ? JSON.parse(text) : parseEscapedKeys(text, escaped);
    return finding ?? { ok: true, value };
  } catch (failure) {
    const error = escaped.length === 0 ? failure : syntaxErrorOf(text);
    return malformed(positionOf(error, text), syntaxMessage(error));
  }
}

/** The error of a text as it was sent: with other keys it has other places. */
function syntaxErrorOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

type Refused = Extract<StrictJson, { ok: false }>;

const malformed = (at: string, message: string): Refused => ({ ok: false, code: 'json-malformed', at, message });

interface Frame {
  /** The keys seen so far; absent for an array. A list is searched faster than a set is made, as long as they are few. */
  keys: string[] | Set<string> | undefined;
  /** The key or index that is being read. */
  member: string;
  index: number;
  expectsKey: boolean;
}

/** UTF-16 of what has a meaning outside of strings. */
const CODE = { quote: 0x22, comma: 0x2c, array: 0x5b, arrayEnd: 0x5d, object: 0x7b, objectEnd: 0x7d } as const;

/** One pass over the structure; of text that isn't JSON it may say anything, since the parser speaks next. */
function scan(text: string, maxDepth: number, maxValues: number, escaped: EscapedKey[]): Refused | undefined {
  const stack: Frame[] = [];
  let frame: Frame | undefined;
  let duplicate: Refused | undefined;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case CODE.quote: {
        const end = endOfString(text, i);
        if (frame?.keys !== undefined && frame.expectsKey) {
          const literal = text.slice(i, end + 1);
          const meaning = keyText(literal);
          // One that means nothing stays as it is, for the parser to refuse.
          if (meaning !== undefined && literal.includes('\\')) escaped.push({ start: i, end: end + 1, key: meaning });
          const key = meaning ?? literal;
          frame.member = key;
          frame.expectsKey = false;
          if (isIn(frame.keys, key)) duplicate ??= duplicateKey(stack, key);
          frame.keys = withKey(frame.keys, key);
          if (frame.keys instanceof Set && frame.keys.size > MAX_KEYS)
            return tooMany(stack, `an object has over ${MAX_KEYS} keys`);
        }
        i = end;
        break;
      }
      case CODE.object:
      case CODE.array: {
        const isObject = text.charCodeAt(i) === CODE.object;
        if (stack.length >= maxDepth) return tooDeep(stack, maxDepth);
        values += 1;
        frame = { keys: isObject ? [] : undefined, member: '0', index: 0, expectsKey: isObject };
        stack.push(frame);
        break;
      }
      case CODE.objectEnd:
      case CODE.arrayEnd:
        stack.pop();
        frame = stack.at(-1);
        break;
      case CODE.comma:
        values += 1;
        if (values > maxValues) return tooMany(stack, `there are over ${maxValues} values`);
        if (frame === undefined) break;
        if (frame.keys === undefined) frame.member = String(++frame.index);
        else frame.expectsKey = true;
        break;
    }
  }
  return duplicate;
}

const FEW_KEYS = 8;

const isIn = (keys: string[] | Set<string>, key: string): boolean =>
  Array.isArray(keys) ? keys.includes(key) : keys.has(key);

function withKey(keys: string[] | Set<string>, key: string): string[] | Set<string> {
  if (!Array.isArray(keys)) return keys.add(key);
  if (keys.length === FEW_KEYS) return new Set(keys).add(key);
  keys.push(key);
  return keys;
}

/** The key as a reader sees it: `"\u0061"` and `"a"` are the same. Undefined of one whose escapes are none. */
function keyText(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}

/** A JSON pointer of which neither the number of parts nor any of them is longer than a reader can use. */
const pointer = (stack: readonly Frame[]): string =>
  stack
    .slice(0, MAX_POINTER_PARTS)
    .map(({ member }) => `/${excerpt(member).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
const MAX_POINTER_PARTS = 16;

const duplicateKey = (stack: readonly Frame[], key: string): Refused => ({
  ok: false,
  code: 'json-duplicate-key',
  at: pointer(stack),
  message: `the key '${excerpt(key)}' stands twice in one object; readers would disagree about which one counts`,
});

const tooDeep = (stack: readonly Frame[], maxDepth: number): Refused => ({
  ok: false,
  code: 'json-too-deep',
  at: pointer(stack.slice(0, 8)),
  message: `objects and arrays are nested over ${maxDepth} levels deep`,
});

const tooMany = (stack: readonly Frame[], what: string): Refused => ({
  ok: false,
  code: 'json-too-many-values',
  at: pointer(stack),
  message: `${what}, more than any document of a tool has`,
});

/** What the parser says, without the place, which is given beside it, and without a piece of the text. */
function syntaxMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ (?:in JSON )?at position [\s\S]*$/, '').replace(/, (?:\.\.\.)?"[\s\S]*$/, '');
}

function positionOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const stated = /at position (\d+)/.exec(message)?.[1];
  if (stated !== undefined) return lineAndColumn(text, Number(stated));
  return lineAndColumn(text, message.startsWith('Unexpected token') ? unexpectedToken(text) : text.length);
}
