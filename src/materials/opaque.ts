import { excerpt } from '../api/excerpt.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { accepted, HEAD_BYTES, type MaterialInput, type MaterialKind, refused } from './kind.ts';

/** ARTIFACT: any file. */
export const artifact: MaterialKind = {
  type: 'ARTIFACT',
  content: 'head',
  maxBytes: HEAD_BYTES,
  keepsBytes: true,
  notes: { accepts: 'Any file.', facts: [] },
  inspect: () => accepted({ annotations: {} }),
};

/** EVIDENCE: any file; small JSON with `id` and `data` says which evidence it is. */
export const evidence: MaterialKind = {
  type: 'EVIDENCE',
  content: 'head',
  maxBytes: HEAD_BYTES,
  keepsBytes: true,
  notes: {
    accepts: 'Any file. Small JSON with `id` and `data` says which evidence it is.',
    facts: ['evidence.id', 'evidence.schema'],
  },
  inspect: (input) => accepted({ annotations: evidenceFacts(input) }),
};

function evidenceFacts({ bytes, size }: MaterialInput): Readonly<Record<string, string>> {
  if (bytes.length < size || bytes[0] !== 0x7b) return {};
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return {};
  const document = parsed.value as Readonly<Record<string, unknown>>;
  const id = document['chainloop.material.evidence.id'] ?? document.id;
  if (typeof id !== 'string' || id === '' || document.data === undefined) return {};
  const schema = document.schema;
  return {
    'chainloop.material.evidence.id': excerpt(id, 1024),
    ...(typeof schema === 'string' ? { 'chainloop.material.evidence.schema': excerpt(schema, 1024) } : {}),
  };
}

/** The longest STRING; it stands in the run itself. */
export const MAX_STRING_BYTES = 4096;

/** STRING: a short text, kept in the run. */
export const text: MaterialKind = {
  type: 'STRING',
  content: 'whole',
  maxBytes: MAX_STRING_BYTES,
  keepsBytes: false,
  notes: { accepts: 'A text in UTF-8, which is kept in the run itself.', facts: [] },
  inspect({ bytes }) {
    try {
      // Without its byte order mark the text would have another digest than the one that is recorded.
      const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      if (value.includes('\0')) return refused({ message: 'a STRING must not hold NUL characters' });
      return accepted({ annotations: {}, value, mediaType: 'text/plain; charset=utf-8' });
    } catch {
      return refused({ message: 'a STRING must be UTF-8 text; hand in a file as ARTIFACT or EVIDENCE' });
    }
  },
};
