import { SaxesParser, type SaxesTag, type SaxesTagNS } from 'saxes';
import type { Finding } from '../api/problem.ts';
import { xmlText } from './xml-text.ts';

const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 200;
const MAX_VALUE = 1 << 20;
const CHUNK = 1 << 16;

/** An element that opens, with where it stands. */
export interface XmlElement {
  /** Without its prefix, if namespaces are read. */
  readonly name: string;
  /** Its namespace, if these are read. */
  readonly uri?: string;
  /** Without those of another namespace, if namespaces are read. */
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
  readonly namespaces?: boolean;
  /** Called for each element in the order of the document. */
  open(element: XmlElement): void;
  readonly content?: XmlContentRules;
}

/** For those who look at what elements hold. */
export interface XmlContentRules {
  /** Text and CDATA, in pieces. */
  text(piece: string, refuse: XmlElement['refuse']): void;
  close(refuse: XmlElement['refuse']): void;
}

/**
 * Reads XML element by element with a parser that never expands what a DTD declares, and stops at the first thing that
 * is wrong. The memory it takes doesn't grow with the document, apart from its text.
 */
export function scanXml(bytes: Uint8Array, rules: XmlRules): Finding | undefined {
  const { what, roots, doctype, namespaces = false, open, content } = rules;
  const decoded = xmlText(bytes);
  if (!decoded.ok) return { at: 'line 1', message: decoded.message };
  const { text } = decoded;
  const parser = new SaxesParser<{ xmlns: boolean; position: true }>({ xmlns: namespaces, position: true });
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
    if (!hasRoot && !roots.includes(namespaces ? name.slice(name.indexOf(':') + 1) : name)) {
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
    open({ ...namesOf(tag), depth, refuse });
  });
  parser.on('closetag', () => {
    depth -= 1;
    content?.close(refuse);
  });
  if (content !== undefined) {
    parser.on('text', (piece) => content.text(piece, refuse));
    parser.on('cdata', (piece) => content.text(piece, refuse));
  }
  try {
    for (let from = 0; from < text.length; from += CHUNK) {
      parser.write(text.slice(from, from + CHUNK));
      if (!hasRoot && from + CHUNK < text.length) refuse(`there is no element in the first ${CHUNK} characters`);
      if (isInTag || content !== undefined) {
        if (heldText(parser).length > MAX_VALUE) refuse(`an attribute or a text has over ${MAX_VALUE} characters`);
      } else forgetText(parser);
    }
    parser.close();
  } catch (error) {
    if (problem === undefined) throw error;
  }
  return problem;
}

/** Name and attributes; with namespaces, an attribute with a prefix is none of this vocabulary. */
function namesOf(tag: SaxesTag): Pick<XmlElement, 'name' | 'uri' | 'attributes'> {
  if (!('ns' in tag)) return { name: tag.name, attributes: tag.attributes as Readonly<Record<string, string>> };
  const { local, uri, attributes } = tag as SaxesTagNS;
  const own = Object.values(attributes).filter((attribute) => attribute.uri === '');
  return { name: local, uri, attributes: Object.fromEntries(own.map(({ name, value }) => [name, value])) };
}

/**
 * Comments, CDATA and long values are collected by the parser piece by piece, also when nobody asked for them: 50 MB of
 * `]x` take 1.8 GB. Outside of tags nothing here looks at text, so what is there at the end of a chunk can go.
 */
function forgetText(parser: object): void {
  (parser as { text: string }).text = '';
}

/** Inside of a tag it is the value of an attribute as far as it has come, outside a text, a comment, or CDATA. */
const heldText = (parser: object): string => (parser as { text: string }).text;
