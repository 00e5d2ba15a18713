import type { AnySchemaObject } from 'ajv';
import { excerpt } from '../api/excerpt.ts';
import type { MaterialType } from '../api/material-types.ts';
import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, type KindNotes, type MaterialKind, refused } from './kind.ts';
import { schemaCheck } from './schema.ts';

const ID = 'chainloop.material.evidence.id';

/** What the data of an evidence envelope must be, and what is read from it. */
export interface EnvelopeContent {
  readonly notes: KindNotes;
  readonly schema: AnySchemaObject;
  readonly facts?: (data: UnknownRecord) => Readonly<Record<string, string | undefined>>;
}

/** A kind that Chainloop's own collectors write: `data` of a known form, with the type and the schema beside it. */
export function evidenceEnvelope(type: MaterialType, { notes, schema, facts }: EnvelopeContent): MaterialKind {
  const check = schemaCheck(schema);
  return jsonDocument(
    type,
    (document) => {
      const [name = ID] = [ID, 'id'].filter((one) => Object.hasOwn(document, one));
      const id = document[name];
      // Absent is let through, as Chainloop does: the data says enough. Another type's is not.
      if (id !== undefined && id !== type) {
        return refused({ at: `/${name}`, message: `must be '${type}', not '${excerpt(String(id))}'` });
      }
      const data = asRecord(document.data);
      if (data === undefined) return refused({ at: '/data', message: 'must be an object' });
      const findings = check(data);
      if (findings.length > 0) {
        return refused(...findings.map(({ at = '', message }) => ({ at: `/data${at === '/' ? '' : at}`, message })));
      }
      const named = { 'evidence.schema': asText(document.schema), ...facts?.(data) };
      const annotations = Object.entries(named).flatMap(([key, value]) =>
        value === undefined ? [] : [[`chainloop.material.${key}`, excerpt(value, 1024)]],
      );
      return accepted({ annotations: Object.fromEntries(annotations), mediaType: 'application/json' });
    },
    notes,
  );
}

/** An object with these members and no others. */
export const closed = (
  properties: Readonly<Record<string, AnySchemaObject>>,
  required: readonly string[] = [],
): AnySchemaObject => ({ type: 'object', properties, required, additionalProperties: false });

export const listOf = (items: AnySchemaObject): AnySchemaObject => ({ type: 'array', items });

export const TEXT = { type: 'string' } as const;
export const SOME_TEXT = { type: 'string', minLength: 1 } as const;
