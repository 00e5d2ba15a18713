import type { MaterialType } from '../api/material-types.ts';
import type { Finding } from '../api/problem.ts';
import type { UnknownRecord } from '../api/record.ts';
import type { ContainerForm } from '../verify/container/content.ts';
import { LIMITS } from '../verify/container/limits.ts';
import { readContainer } from '../verify/container/read.ts';
import { readStatement } from '../verify/statement.ts';
import { differenceIn, type Refusal } from '../verify/verdict.ts';
import { type Inspection, type KindNotes, type MaterialKind, refused } from './kind.ts';

/** An in-toto statement that somebody signed. Who, and whether the signature holds, isn't looked at here. */
export interface SignedStatement {
  readonly statement: UnknownRecord;
  readonly form: ContainerForm;
  readonly mediaType: string;
}

/** Forms that stand for themselves; the others belong to an image or a registry. */
const FORMS: readonly ContainerForm[] = ['sigstore-bundle', 'dsse', 'slsa-generator', 'witness'];

/** A kind of signed in-toto statements: Sigstore bundles or DSSE envelopes, one or several on lines of their own. */
export const signedStatements = (
  type: MaterialType,
  notes: KindNotes,
  inspect: (statements: readonly SignedStatement[]) => Inspection,
): MaterialKind => ({
  type,
  content: 'whole',
  maxBytes: LIMITS.bytes,
  keepsBytes: true,
  notes,
  inspect({ bytes }) {
    const reading = readContainer(bytes);
    if (!reading.ok) return refused(asFinding(reading.refusal));
    const statements: SignedStatement[] = [];
    for (const { form, mediaType, payload, payloadType, at } of reading.contents) {
      if (!FORMS.includes(form)) {
        return refused({ at: at || '/', message: 'must be a Sigstore bundle or a DSSE envelope by itself' });
      }
      const read = readStatement(payloadType, payload);
      if (!read.ok) return refused(asFinding(read.refusal, `${at}/payload`));
      statements.push({ statement: read.statement, form, mediaType });
    }
    return inspect(statements);
  },
});

const asFinding = (refusal: Refusal, at = refusal.at): Finding => ({
  ...(at === undefined ? {} : { at }),
  message: differenceIn(refusal),
});
