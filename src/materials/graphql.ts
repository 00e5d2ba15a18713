import { GraphQLError } from 'graphql/error';
import {
  type DefinitionNode,
  isTypeDefinitionNode,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Kind,
  parse,
} from 'graphql/language';
import { excerpt } from '../api/excerpt.ts';
import { lineAndColumn } from '../api/json-position.ts';
import type { Finding } from '../api/problem.ts';
import { accepted, type MaterialKind, refused } from './kind.ts';
import { listed } from './listed.ts';

/** The largest public schema has one and a half. */
const MAX_BYTES = 8 << 20;
const MAX_TOKENS = 1 << 20;
const MAX_DEPTH = 100;

/** GRAPHQL_SPEC: a schema in the definition language of GraphQL, whole or a part of a federated one. */
export const graphql: MaterialKind = {
  type: 'GRAPHQL_SPEC',
  content: 'whole',
  maxBytes: MAX_BYTES,
  keepsBytes: true,
  notes: {
    accepts: 'A schema in the definition language of GraphQL.',
    facts: ['graphql.type_count', 'graphql.directives'],
  },
  inspect({ bytes }) {
    const reading = readDefinitions(bytes);
    return reading.ok
      ? accepted({ annotations: facts(reading.definitions), mediaType: 'application/graphql' })
      : refused(reading.finding);
  },
};

type Reading =
  | { readonly ok: true; readonly definitions: readonly DefinitionNode[] }
  | { readonly ok: false; readonly finding: Finding };

function readDefinitions(bytes: Uint8Array): Reading {
  const no = (at: string, message: string): Reading => ({ ok: false, finding: { at, message } });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return no('line 1, column 1', 'the bytes are not UTF-8');
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) return no(lineAndColumn(text, nul), 'a NUL has no place in a schema');
  const deep = tooDeep(text);
  if (deep !== undefined) return no(lineAndColumn(text, deep), `brackets are nested over ${MAX_DEPTH} levels deep`);
  try {
    const { definitions } = parse(text, { noLocation: true, maxTokens: MAX_TOKENS });
    const wrong = wrongDefinition(definitions);
    if (wrong === undefined) return { ok: true, definitions };
    // Places cost half as much again, so they are asked for only now.
    const { loc } = parse(text, { maxTokens: MAX_TOKENS }).definitions[wrong.index] ?? {};
    return no(lineAndColumn(text, loc?.start ?? 0), wrong.message);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
    return no(`line ${line}, column ${column}`, error.message.replace(/^Syntax Error: /, ''));
  }
}

/** The offset of the bracket that is nested too deep. The parser calls itself for each, and would run out of stack. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    switch (text[i]) {
      case '{':
      case '[':
      case '(':
        depth += 1;
        if (depth > MAX_DEPTH) return i;
        break;
      case '}':
      case ']':
      case ')':
        depth -= 1;
        break;
      case '#':
        i = endOr(text, text.indexOf('\n', i));
        break;
      case '"':
        i = text.startsWith('"""', i) ? endOfBlock(text, i + 3) : endOfLineString(text, i + 1);
        break;
    }
  }
  return undefined;
}

const endOr = (text: string, index: number): number => (index < 0 ? text.length : index);

function endOfBlock(text: string, from: number): number {
  let end = text.indexOf('"""', from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
  return endOr(text, end < 0 ? end : end + 2);
}

function endOfLineString(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"' || text[i] === '\n') return i;
  }
  return text.length;
}

/** What is wrong with the list, and with which of it: a request, or a type that is defined twice. */
function wrongDefinition(definitions: readonly DefinitionNode[]): Wrong | undefined {
  const types = new Set<string>();
  for (const [index, definition] of definitions.entries()) {
    if (!isTypeSystemDefinitionNode(definition) && !isTypeSystemExtensionNode(definition)) {
      return { index, message: 'a request or a fragment; a schema has definitions of types only' };
    }
    if (!isTypeDefinitionNode(definition)) continue;
    const name = definition.name.value;
    if (types.has(name)) return { index, message: `the type '${excerpt(name)}' is defined twice; extend it instead` };
    types.add(name);
  }
  return undefined;
}

interface Wrong {
  readonly index: number;
  readonly message: string;
}

function facts(definitions: readonly DefinitionNode[]): Readonly<Record<string, string>> {
  const directives = definitions
    .flatMap((definition) => (definition.kind === Kind.DIRECTIVE_DEFINITION ? [definition.name.value] : []))
    .sort();
  return {
    'chainloop.material.graphql.type_count': String(definitions.filter(isTypeDefinitionNode).length),
    ...(directives.length === 0 ? {} : { 'chainloop.material.graphql.directives': listed(directives) }),
  };
}
