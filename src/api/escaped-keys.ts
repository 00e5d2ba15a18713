import { expectMember } from './sparse-members.ts';

/** A key that is written with an escape: where its literal stands in the text, quotes and all, and what it means. */
export interface EscapedKey {
  readonly start: number;
  /** The offset behind the closing quote. */
  readonly end: number;
  readonly key: string;
}

/** No key that is written as it is can have one alone: it isn't UTF-8. */
const HALF = '\uD800';

/**
 * Parses text of which these are all the keys with an escape. V8 can take such a key for one of an object that it has parsed
 * before (nodejs/node issue 63785: `"\u0061b"` became `\u`), so they are parsed under other names and given theirs afterwards.
 */
export function parseEscapedKeys(text: string, keys: readonly EscapedKey[]): unknown {
  const standIns = new Map<string, string>();
  const meanings = new Map<string, string>();
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, key } of keys) {
    const standIn = standIns.get(key) ?? `${HALF}${standIns.size}`;
    standIns.set(key, standIn);
    meanings.set(standIn, key);
    pieces.push(text.slice(at, start), `"${standIn}"`);
    at = end;
  }
  pieces.push(text.slice(at));
  return renamed(JSON.parse(pieces.join('')), meanings);
}

/** As deep as the value is nested, which whoever reads the text has bounded. */
function renamed(value: unknown, meanings: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => renamed(each, meanings));
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    addMember(result, meanings.get(name) ?? name, renamed(inner, meanings));
  }
  return result;
}

function addMember(object: Record<string, unknown>, name: string, value: unknown): void {
  expectMember(object, name);
  // Unlike an assignment this makes a member even of `__proto__`, as the parser does.
  if (name === '__proto__') Object.defineProperty(object, name, { ...PLAIN, value });
  else object[name] = value;
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const;
