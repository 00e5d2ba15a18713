/** One header of a git object: a signature or a merged tag has several lines, here without the space before each. */
export interface Header {
  readonly name: string;
  readonly value: string;
  /** The line that it begins in, from 1. */
  readonly line: number;
}

export type Headers =
  | { readonly ok: true; readonly headers: readonly Header[]; readonly message: string }
  | { readonly ok: false; readonly line: number; readonly message: string };

/** What stands before the first empty line of a git object, and the message after it. */
export function readHeaders(text: string): Headers {
  const end = text.indexOf('\n\n');
  const lines = (end < 0 ? text.replace(/\n$/, '') : text.slice(0, end)).split('\n');
  const headers: { name: string; value: string; line: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const last = headers.at(-1);
    if (line.startsWith(' ') && last !== undefined) {
      last.value += `\n${line.slice(1)}`;
      continue;
    }
    const [, name, value] = /^([A-Za-z][\w:.-]*) (.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined)
      return { ok: false, line: index + 1, message: 'must be a header, `name value`' };
    headers.push({ name, value, line: index + 1 });
  }
  return { ok: true, headers, message: end < 0 ? '' : text.slice(end + 2) };
}
