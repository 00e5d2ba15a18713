import { expectMember } from './sparse-members.ts';

/** A key that is written with an escape: where its literal stands in the text, quotes and all, and what it means. */
export interface EscapedKey {
  readonly start: number;
  /** The offset behind the closing quote. */
  readonly end: number;
  readonly key: string;
}

/** What stand-ins start with. Hardly any key does, and with it a text takes a byte for each letter, as it did. */
const DELETE = '\u007f';
/** Where one does: no key that is written as it is can have half of a pair alone, which isn't UTF-8. */
const HALF = '\uD800';

/**
 * Parses text of which these are all the keys with an escape that mean something; throws as `JSON.parse` does, if the text is
 * no JSON. V8 can take such a key for one of an object that it has parsed
 * before (nodejs/node issue 63785: `"\u0061b"` became `\u`), so they are parsed under other names and given theirs afterwards.
 */
export function parseEscapedKeys(text: string, keys: readonly EscapedKey[]): unknown {
  const standIns = new Map<string, string>();
  const meanings = new Map<string, string>();
  const pieces: string[] = [];
  const mark = text.includes(`"${DELETE}`) ? HALF : DELETE;
  let at = 0;
  for (const { start, end, key } of keys) {
    const standIn = standIns.get(key) ?? `${mark}${standIns.size}`;
    standIns.set(key, standIn);
    meanings.set(standIn, key);
    pieces.push(text.slice(at, start), `"${standIn}"`);
    at = end;
  }
  pieces.push(text.slice(at));
  return renamed(JSON.parse(pieces.join('')), meanings);
}

/**
 * The value with those names changed; of it only the objects are made anew that have one. As deep as the value is nested,
 * which whoever reads the text has bounded.
 */
function renamed(value: unknown, meanings: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) value[index] = renamed(inner, meanings);
    return value;
  }
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  for (const name of names) {
    const inner = members[name];
    const changed = renamed(inner, meanings);
    // Also of `__proto__`, which is a member like any other when there is one already.
    if (changed !== inner) members[name] = changed;
  }
  if (!names.some((name) => meanings.has(name))) return value;
  const result: Record<string, unknown> = {};
  for (const name of names) addMember(result, meanings.get(name) ?? name, members[name]);
  return result;
}

function addMember(object: Record<string, unknown>, name: string, value: unknown): void {
  expectMember(object, name);
  // Unlike an assignment this makes a member even of `__proto__`, as the parser does.
  if (name === '__proto__') Object.defineProperty(object, name, { ...PLAIN, value });
  else object[name] = value;
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const;
