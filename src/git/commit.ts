import type { Finding } from '../api/problem.ts';
import { type Header, readHeaders } from './headers.ts';
import { readPerson } from './person.ts';

/** A commit that is read as a whole: messages can be long, signatures and merged tags a few KiB. */
export const MAX_COMMIT_BYTES = 64 << 10;
/** Characters of a message that are kept. */
const MAX_MESSAGE = 1024;

/** What a commit object says. */
export interface CommitFacts {
  readonly author?: string;
  readonly authorEmail?: string;
  /** When the author made it, RFC 3339. */
  readonly date: string;
  /** Without white space around it, cut to 1024 characters. */
  readonly message?: string;
  /** Over this form of the commit; absent: there is none. */
  readonly signature?: SignatureIn;
}

/** A signature in a commit. */
export interface SignatureIn {
  /** As it stands there. */
  readonly armored: string;
  /** The bytes that were signed: the commit without its signatures. */
  readonly signed: Uint8Array;
}

export type CommitReading =
  | { readonly ok: true; readonly facts: CommitFacts }
  | { readonly ok: false; readonly finding: Finding };

/** By the digits of the hash: a commit may carry a signature over its other form too, which says nothing of this one. */
const SIGNATURE: Readonly<Record<number, string>> = { 40: 'gpgsig', 64: 'gpgsig-sha256' };
const SIGNATURES = Object.values(SIGNATURE);
const ONCE: ReadonlySet<string> = new Set(['encoding', ...SIGNATURES]);

/**
 * Reads a commit object, as `git cat-file commit` prints it, of a repository whose hashes have so many hex digits. Stricter
 * than git: what one reader of git takes otherwise than another is refused, and `at` says in which line it stands.
 */
export function readCommit(object: Uint8Array, digits: 40 | 64): CommitReading {
  // One character a byte: what the bytes mean is known only after the line `encoding`.
  const text = Buffer.from(object).toString('latin1');
  const nul = text.indexOf('\0');
  if (nul >= 0) return refuse(lineOf(text, nul), 'has a NUL, after which some readers see nothing');
  const read = readHeaders(text);
  if (!read.ok) return refuse(read.line, read.message);
  const order = orderFault(read.headers, digits);
  if (order !== undefined) return refuse(order.line, order.message);
  const find = (name: string): Header | undefined => read.headers.find((header) => header.name === name);
  const label = find('encoding')?.value ?? 'utf-8';
  const decode = decoderOf(label);
  if (decode === undefined) return refuse(find('encoding')?.line ?? 1, `names an encoding that is not known here`);
  const author = find('author');
  try {
    const person = author === undefined ? undefined : readPerson(author.value, decode);
    if (person === undefined)
      return refuse(
        author?.line ?? 1,
        'must be `author Name <mail> seconds zone`, with a name and an address of up to 256 characters',
      );
    const message = decode(read.message).trim().slice(0, MAX_MESSAGE).toWellFormed();
    const signature = find(SIGNATURE[digits] ?? '')?.value;
    return {
      ok: true,
      facts: {
        ...(person.name === '' ? {} : { author: person.name }),
        ...(person.email === '' ? {} : { authorEmail: person.email }),
        date: person.date,
        ...(message === '' ? {} : { message }),
        ...(signature === undefined
          ? {}
          : { signature: { armored: `${signature}\n`, signed: withoutSignatures(text, read.headers) } }),
      },
    };
  } catch {
    return refuse(author?.line ?? 1, `author or message are not ${label}`);
  }
}

/** As git has it: the lines of the signature over this form, and of that over the other. */
function withoutSignatures(text: string, headers: readonly Header[]): Buffer {
  const lines = text.split('\n');
  const signatures = headers.filter(({ name }) => SIGNATURES.includes(name));
  // From the last one, so that the numbers of the lines before stay what they are.
  for (const { line, value } of signatures.toReversed()) lines.splice(line - 1, value.split('\n').length);
  return Buffer.from(lines.join('\n'), 'latin1');
}

function decoderOf(label: string): ((bytes: string) => string) | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return (bytes) => decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Tree, parents, author, committer: so git writes them, and takes the first that it finds. */
function orderFault(headers: readonly Header[], digits: number): { line: number; message: string } | undefined {
  const hash = new RegExp(`^[0-9a-f]{${digits}}$`);
  const parents = headers.slice(1).findIndex(({ name }) => name !== 'parent');
  const names = headers.map(({ name }) => name);
  const expected = ['tree', ...Array.from({ length: Math.max(0, parents) }, () => 'parent'), 'author', 'committer'];
  const wrong = expected.findIndex((name, index) => names[index] !== name);
  if (wrong >= 0)
    return { line: headers[wrong]?.line ?? headers.length + 1, message: `must be \`${expected[wrong]}\`` };
  for (const [index, { name, value, line }] of headers.entries()) {
    if ((name === 'tree' || name === 'parent') && !hash.test(value))
      return { line, message: `must have a hash of ${digits} hex digits` };
    if (index < expected.length) continue;
    if (['tree', 'parent', 'author', 'committer'].includes(name))
      return { line, message: `is a \`${name}\` where none may stand` };
    if (ONCE.has(name) && names.indexOf(name) < index)
      return { line, message: `is a second \`${name}\`, of which readers take the one or the other` };
  }
  return undefined;
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const refuse = (line: number, message: string): CommitReading => ({
  ok: false,
  finding: { at: `line ${line}`, message },
});
