import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml';

/** A YAML document with the places at which its parts stand; every scalar is text, whatever it looks like. */
export type LocatedNode =
  | LocatedText
  | { readonly kind: 'list'; readonly start: number; readonly items: readonly LocatedNode[] }
  | { readonly kind: 'map'; readonly start: number; readonly members: readonly LocatedMember[] };

export interface LocatedText {
  readonly kind: 'text';
  /** Of what stands inside of the quotes, if there are any. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface LocatedMember {
  readonly name: string;
  /** Of the name. */
  readonly start: number;
  readonly value: LocatedNode;
}

/** Where something is that can't be used; thrown. */
export class LocatedError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

type YamlEvent = ReturnType<typeof parseEvents>[number];

/**
 * Reads text that is known to be one document of YAML. Throws a `LocatedError` for an alias: nobody could say where the
 * text stands that an error is about.
 */
export function locate(text: string): LocatedNode | undefined {
  const events = parseEvents(text, { maxDepth: 100 }).values();
  const { value: first } = events.next();
  return first?.type === EVENT_ID.DOCUMENT ? nodeFrom({ text, events, before: 0 }, events.next().value) : undefined;
}

interface Reading {
  readonly text: string;
  readonly events: Iterator<YamlEvent>;
  /** Where what was read last stands; what isn't there at all is told of by that. */
  before: number;
}

function nodeFrom(reading: Reading, event: YamlEvent | undefined): LocatedNode | undefined {
  switch (event?.type) {
    case EVENT_ID.SCALAR: {
      const start = event.valueStart < 0 ? reading.before : event.valueStart;
      reading.before = start;
      return { kind: 'text', start, end: Math.max(start, event.valueEnd), text: getScalarValue(reading.text, event) };
    }
    case EVENT_ID.SEQUENCE:
      reading.before = event.start;
      return { kind: 'list', start: event.start, items: [...nodesFrom(reading)] };
    case EVENT_ID.MAPPING: {
      reading.before = event.start;
      const nodes = [...nodesFrom(reading)];
      const members = nodes.flatMap((key, index) => {
        const value = nodes[index + 1];
        if (index % 2 === 1 || value === undefined) return [];
        if (key.kind !== 'text') throw new LocatedError(key.start, 'the name of a member must be text');
        return [{ name: key.text, start: key.start, value }];
      });
      return { kind: 'map', start: event.start, members };
    }
    case EVENT_ID.ALIAS:
      throw new LocatedError(event.anchorStart - 1, 'aliases are not taken here; write out what it stands for');
    default:
      return undefined;
  }
}

function* nodesFrom(reading: Reading): Generator<LocatedNode> {
  for (;;) {
    const node = nodeFrom(reading, reading.events.next().value);
    if (node === undefined) return;
    yield node;
  }
}

/**
 * The offset in the document of a character of a scalar's text. Folded lines, indentation and escapes lie between; where
 * it can't be known, the place of what comes before it.
 */
export function offsetIn(document: string, node: LocatedText, character: number): number {
  let at = node.start;
  for (let i = 0; i < character && at < node.end; i += 1) {
    at = placeOf(document, at, node.end, node.text.charAt(i));
    at += document.charAt(at) === '\\' ? 2 : 1;
    // Quotes of single-quoted text are written twice.
    if (node.text.charAt(i) === "'" && document.charAt(at) === "'" && document.charAt(node.start - 1) === "'") at += 1;
  }
  return placeOf(document, at, node.end, node.text.charAt(character));
}

/** From where on the character can stand: white space that folding or indentation put there is passed over. */
function placeOf(document: string, from: number, end: number, wanted: string): number {
  let at = from;
  while (at < end && document.charAt(at) !== wanted && /\s/.test(document.charAt(at))) at += 1;
  return at;
}
