import { SaxesParser } from 'saxes';
import type { Finding } from '../api/problem.ts';
import { xmlText } from './xml-text.ts';

const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 200;
const MAX_VALUE = 1 << 20;
const CHUNK = 1 << 16;

/** An element that opens, with where it stands. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 1 for the root. */
  readonly depth: number;
  /** Ends the reading with a finding about this element. */
  refuse(message: string): never;
}

export interface XmlRules {
  /** For messages, such as `a JUnit report`. */
  readonly what: string;
  /** What the root may be. */
  readonly roots: readonly string[];
  /** Whether the document may name a DTD somewhere else; it is never fetched, and one inside is never taken. */
  readonly doctype?: 'external';
  /** Called for each element in the order of the document. */
  open(element: XmlElement): void;
}

/**
 * Reads XML element by element with a parser that never expands what a DTD declares, and stops at the first thing that
 * is wrong. The memory it takes doesn't grow with the document, apart from its text.
 */
export function scanXml(bytes: Uint8Array, { what, roots, doctype, open }: XmlRules): Finding | undefined {
  const decoded = xmlText(bytes);
  if (!decoded.ok) return { at: 'line 1', message: decoded.message };
  const { text } = decoded;
  const parser = new SaxesParser<{ xmlns: false; position: true }>({ xmlns: false, position: true });
  let problem: Finding | undefined;
  let depth = 0;
  let attributes = 0;
  let hasRoot = false;
  let isInTag = false;
  // Thrown, since the parser would go on and find something in every character that follows.
  const refuse = (message: string): never => {
    problem = { at: `line ${parser.line}, column ${parser.column}`, message };
    throw new Error(message);
  };
  parser.on('error', (error) => refuse(error.message.replace(/^\d+:\d+: /, '')));
  parser.on('doctype', (declaration) => {
    if (doctype !== 'external') refuse(`a document type declaration is not allowed in ${what}`);
    if (declaration.includes('[')) refuse('a document type declaration must not declare anything by itself');
  });
  parser.on('opentagstart', ({ name }) => {
    attributes = 0;
    isInTag = true;
    if (!hasRoot && !roots.includes(name)) {
      const expected = roots.map((root) => `<${root}>`).join(' or ');
      refuse(`the root of ${what} is ${expected}, not <${name.slice(0, 100)}>`);
    }
    hasRoot = true;
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) refuse(`an element has over ${MAX_ATTRIBUTES} attributes`);
  });
  parser.on('opentag', (tag) => {
    isInTag = false;
    depth += 1;
    if (depth > MAX_DEPTH) refuse(`elements are nested over ${MAX_DEPTH} levels deep`);
    open({ name: tag.name, attributes: tag.attributes, depth, refuse });
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  try {
    for (let from = 0; from < text.length; from += CHUNK) {
      parser.write(text.slice(from, from + CHUNK));
      if (!hasRoot && from + CHUNK < text.length) refuse(`there is no element in the first ${CHUNK} characters`);
      if (!isInTag) forgetText(parser);
      else if (heldText(parser).length > MAX_VALUE) refuse(`an attribute has over ${MAX_VALUE} characters`);
    }
    parser.close();
  } catch (error) {
    if (problem === undefined) throw error;
  }
  return problem;
}

/**
 * Comments, CDATA and long values are collected by the parser piece by piece, also when nobody asked for them: 50 MB of
 * `]x` take 1.8 GB. Outside of tags nothing here looks at text, so what is there at the end of a chunk can go.
 */
function forgetText(parser: object): void {
  (parser as { text: string }).text = '';
}

/** Inside of a tag it is the value of an attribute as far as it has come. */
const heldText = (parser: object): string => (parser as { text: string }).text;
