const WHITE = ' \t\n\r';
const LITERALS = ['true', 'false', 'null'];
const STARTS_VALUE = /["{[\d-]/;

/**
 * Where the parser met a token that it did not expect, as an offset. It names the place of every other error by itself,
 * and of this most common one only the character; so all before the place is known to be JSON.
 */
export function unexpectedToken(text: string): number {
  const open: string[] = [];
  let wantsValue = true;
  let maybeEmpty = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (WHITE.includes(c)) continue;
    if (wantsValue && !(maybeEmpty && c === ']')) {
      const literal = LITERALS.find((each) => each.startsWith(c));
      const length = literal === undefined ? 0 : commonLength(literal, text, i);
      if (length < (literal?.length ?? 0)) return i + length;
      if (literal === undefined && !STARTS_VALUE.test(c)) return i;
      i += Math.max(0, length - 1);
    }
    wantsValue = c === '[' || c === ':' || (c === ',' && open.at(-1) === '[');
    maybeEmpty = c === '[';
    if (c === '"') i = endOfString(text, i);
    else if (c === '{' || c === '[') open.push(c);
    else if (c === '}' || c === ']') open.pop();
  }
  return text.length;
}

/** The offset of the quote that ends the string which starts here. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    // The quote at the start ends the walk back; no backslash is walked over for two quotes.
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return quote;
  }
  return text.length;
}

const BACKSLASH = 0x5c;

/** `line N, column M` of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return `line ${line}, column ${offset - start + 1}`;
}

function commonLength(literal: string, text: string, from: number): number {
  let length = 0;
  while (length < literal.length && text[from + length] === literal[length]) length += 1;
  return length;
}
