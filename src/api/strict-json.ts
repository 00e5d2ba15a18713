/** What came of reading JSON that somebody sent. */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'json-malformed' | 'json-duplicate-key' | 'json-too-deep';
      /** A JSON pointer, or `line N, column M`. */
      readonly at: string;
      readonly message: string;
    };

export interface StrictJsonLimits {
  /** Nested objects and arrays; default 100. */
  readonly maxDepth?: number;
}

const DEFAULT_MAX_DEPTH = 100;

/**
 * Reads UTF-8 JSON of RFC 8259 and refuses what readers disagree about: a key twice in one object, in any spelling, bytes
 * that aren't UTF-8, and nesting that would exhaust the stack of a later reader. Linear in the number of bytes.
 */
export function parseStrictJson(bytes: Uint8Array, limits: StrictJsonLimits = {}): StrictJson {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed('line 1, column 1', 'the bytes are not UTF-8');
  }
  const finding = scan(text, limits.maxDepth ?? DEFAULT_MAX_DEPTH);
  if (finding !== undefined && finding.code === 'json-too-deep') return finding;
  try {
    const value: unknown = JSON.parse(text);
    return finding ?? { ok: true, value };
  } catch (error) {
    return malformed(positionOf(error, text), syntaxMessage(error));
  }
}

type Refused = Extract<StrictJson, { ok: false }>;

const malformed = (at: string, message: string): Refused => ({ ok: false, code: 'json-malformed', at, message });

interface Frame {
  /** The keys seen so far; absent for an array. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  member: string;
  index: number;
  expectsKey: boolean;
}

/** One pass over the structure; of text that isn't JSON it may say anything, since the parser speaks next. */
function scan(text: string, maxDepth: number): Refused | undefined {
  const stack: Frame[] = [];
  let duplicate: Refused | undefined;
  for (let i = 0; i < text.length; i++) {
    const frame = stack.at(-1);
    switch (text[i]) {
      case '"': {
        const end = endOfString(text, i);
        if (frame?.keys !== undefined && frame.expectsKey) {
          const key = keyText(text.slice(i, end + 1));
          frame.member = key;
          frame.expectsKey = false;
          if (frame.keys.has(key)) duplicate ??= duplicateKey(stack, key);
          frame.keys.add(key);
        }
        i = end;
        break;
      }
      case '{':
      case '[': {
        const isObject = text[i] === '{';
        if (stack.length >= maxDepth) return tooDeep(stack, maxDepth);
        stack.push({ keys: isObject ? new Set() : undefined, member: '0', index: 0, expectsKey: isObject });
        break;
      }
      case '}':
      case ']':
        stack.pop();
        break;
      case ',':
        if (frame === undefined) break;
        if (frame.keys === undefined) frame.member = String(++frame.index);
        else frame.expectsKey = true;
        break;
    }
  }
  return duplicate;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** The key as a reader sees it: `"\u0061"` and `"a"` are the same. */
function keyText(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

const pointer = (stack: readonly Frame[]): string =>
  stack.map(({ member }) => `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const duplicateKey = (stack: readonly Frame[], key: string): Refused => ({
  ok: false,
  code: 'json-duplicate-key',
  at: pointer(stack),
  message: `the key '${key.slice(0, 100)}' stands twice in one object; readers would disagree about which one counts`,
});

const tooDeep = (stack: readonly Frame[], maxDepth: number): Refused => ({
  ok: false,
  code: 'json-too-deep',
  at: pointer(stack.slice(0, 8)),
  message: `objects and arrays are nested over ${maxDepth} levels deep`,
});

function syntaxMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ in JSON at position.*$/s, '').replace(/, "[\s\S]*" is not valid JSON$/, '');
}

function positionOf(error: unknown, text: string): string {
  const found = /at position (\d+)/.exec(error instanceof Error ? error.message : '');
  const position = found?.[1] === undefined ? text.length : Number(found[1]);
  const before = text.slice(0, position);
  const lines = before.split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
