import type { AnySchemaObject } from 'ajv';
import type { MaterialType } from '../api/material-types.ts';
import { asRecord, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson, type StrictJson } from '../api/strict-json.ts';
import {
  accepted,
  type Inspection,
  type KindNotes,
  type MaterialInput,
  type MaterialKind,
  refused,
  unreadable,
  WHOLE_DOCUMENT,
} from './kind.ts';
import { schemaCheck } from './schema.ts';

/** A kind whose content is one JSON object that every reader reads the same. */
export const jsonDocument = (
  type: MaterialType,
  inspect: (document: UnknownRecord) => Inspection,
  notes: KindNotes,
): MaterialKind => ({
  type,
  ...WHOLE_DOCUMENT,
  notes,
  inspect(input) {
    const parsed = parseJsonDocument(input);
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const document = asRecord(parsed.value);
    return document === undefined ? refused({ at: '/', message: 'must be a JSON object' }) : inspect(document);
  },
});

/** What a JSON report of a scanner has to be, and what is read from it. */
export interface JsonReport<Document> {
  readonly notes: KindNotes;
  /** Says all that `facts` relies on. */
  readonly schema: AnySchemaObject;
  /** Annotations of a document that the schema lets through. */
  facts(document: Document): Readonly<Record<string, string>>;
}

/** A kind whose content is one JSON value that fits a schema of ours. */
export function jsonReport<Document>(type: MaterialType, { notes, schema, facts }: JsonReport<Document>): MaterialKind {
  const check = schemaCheck(schema);
  return {
    type,
    ...WHOLE_DOCUMENT,
    notes,
    inspect(input) {
      const parsed = parseJsonDocument(input);
      if (!parsed.ok) return unreadable(parsed.at, parsed.message);
      const findings = check(parsed.value);
      if (findings.length > 0) return refused(...findings);
      return accepted({ annotations: facts(parsed.value as Document), mediaType: 'application/json' });
    },
  };
}

/**
 * JSON that a tool wrote into a file. A byte order mark is let through: writers on Windows, the C# compiler's SARIF among
 * them, put one there, and RFC 8259 lets readers pass over it.
 */
export const parseJsonDocument = ({ bytes, release }: MaterialInput): StrictJson =>
  parseStrictJson(withoutMark(bytes), {}, release);

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
