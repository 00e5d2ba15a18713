import type { MaterialType } from '../api/material-types.ts';
import { asRecord, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { type Inspection, MAX_DOCUMENT_BYTES, type MaterialKind, refused, unreadable } from './kind.ts';

/** A kind whose content is one JSON object that every reader reads the same. */
export const jsonDocument = (type: MaterialType, inspect: (document: UnknownRecord) => Inspection): MaterialKind => ({
  type,
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    const parsed = parseStrictJson(bytes);
    if (!parsed.ok) return unreadable(parsed.at, parsed.message);
    const document = asRecord(parsed.value);
    return document === undefined ? refused({ at: '/', message: 'must be a JSON object' }) : inspect(document);
  },
});
