import type { MaterialType } from '../api/material-types.ts';
import { asRecord, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { type Inspection, MAX_DOCUMENT_BYTES, type MaterialKind, refused, unreadable } from './kind.ts';

/**
 * A kind whose content is one JSON object that every reader reads the same. A byte order mark is let through: writers on
 * Windows, the C# compiler's SARIF among them, put one there, and RFC 8259 lets readers pass over it.
 */
export const jsonDocument = (type: MaterialType, inspect: (document: UnknownRecord) => Inspection): MaterialKind => ({
  type,
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    const parsed = parseStrictJson(withoutMark(bytes));
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const document = asRecord(parsed.value);
    return document === undefined ? refused({ at: '/', message: 'must be a JSON object' }) : inspect(document);
  },
});

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
