import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { foldedName } from './container/fields.ts';
import type { Refusal } from './verdict.ts';

export type StatementReading =
  | { readonly ok: true; readonly statement: UnknownRecord }
  | { readonly ok: false; readonly refusal: Refusal };

/** `application/vnd.in-toto+json`, or the same with the name of a predicate in it. */
const PAYLOAD_TYPES = /^application\/vnd\.in-toto(\.[a-z0-9-]+)?\+json$/;
const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
const STATEMENT_V01 = 'https://in-toto.io/Statement/v0.1';

/**
 * Hexadecimal digits of each digest that can tell one content from another. Names that aren't known are skipped, as the
 * specification asks: a subject that has no others matches nothing.
 */
const HEX_DIGITS: Readonly<Record<string, readonly number[]>> = {
  sha256: [64],
  sha384: [96],
  sha512: [128],
  sha512_256: [64],
  sha3_256: [64],
  sha3_384: [96],
  sha3_512: [128],
  // Of sources: a commit and its tree are SHA-1 or SHA-256 by the repository's choice.
  gitCommit: [40, 64],
  gitTree: [40, 64],
  gitBlob: [40, 64],
  gitTag: [40, 64],
};
const MAX_SUBJECTS = 1024;

/** The payload as an in-toto Statement v1 or v0.1, if it is one that every reader reads the same. */
export function readStatement(payloadType: string, payload: Uint8Array): StatementReading {
  if (!PAYLOAD_TYPES.test(payloadType)) return invalid('the payload type application/vnd.in-toto+json', payloadType);
  const parsed = parseStrictJson(payload);
  if (!parsed.ok) return invalid('strict JSON', `${parsed.message} (${parsed.at})`);
  const statement = asRecord(parsed.value);
  const type = asText(statement?._type);
  if (statement === undefined || (type !== STATEMENT_V1 && type !== STATEMENT_V01)) {
    return invalid(`_type ${STATEMENT_V1} or ${STATEMENT_V01}`, type ?? 'none');
  }
  if (!asText(statement.predicateType)) return invalid('a predicateType', 'none');
  const twin = twinIn(statement, MEMBERS);
  if (twin !== undefined) return invalid('members by their exact names', `'${twin}', which some readers take for one`);
  const refusal = subjectsFault(asArray(statement.subject), type === STATEMENT_V01);
  return refusal === undefined ? { ok: true, statement } : { ok: false, refusal };
}

interface Members {
  readonly names: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
}

const membersOf = (...names: readonly string[]): Members => ({
  names: new Set(names),
  folded: new Set(names.map(foldedName)),
});

const MEMBERS = membersOf('_type', 'subject', 'predicateType', 'predicate');
const SUBJECT_MEMBERS = membersOf('name', 'digest', 'uri', 'content', 'downloadLocation', 'mediaType', 'annotations');

/** A member that some readers take for one of these, though it has another name. */
const twinIn = (record: UnknownRecord, { names, folded }: Members): string | undefined =>
  Object.keys(record).find((name) => !names.has(name) && folded.has(foldedName(name)));

function subjectsFault(subjects: readonly unknown[], needsNames: boolean): Refusal | undefined {
  if (subjects.length === 0) return fault('at least one subject', 'none');
  if (subjects.length > MAX_SUBJECTS) return fault(`at most ${MAX_SUBJECTS} subjects`, String(subjects.length));
  const names = new Set<string>();
  let matchable = 0;
  for (const [index, entry] of subjects.entries()) {
    const subject = asRecord(entry) ?? {};
    const twin = twinIn(subject, SUBJECT_MEMBERS);
    if (twin !== undefined) return fault('members by their exact names', `'${twin}' at /subject/${index}`);
    const name = asText(subject.name) ?? '';
    if (needsNames && name === '') return fault('a name on every subject', `none at /subject/${index}`);
    if (name !== '' && names.has(name)) return fault('a name once', `'${name}' again at /subject/${index}`);
    names.add(name);
    const digests = asRecord(subject.digest) ?? {};
    if (Object.keys(digests).length === 0) return fault('a digest on every subject', `none at /subject/${index}`);
    const known = Object.entries(digests).filter(([algorithm]) => Object.hasOwn(HEX_DIGITS, algorithm));
    const wrong = known.find((entry) => !isDigest(entry));
    if (wrong !== undefined) {
      return fault(`${wrong[0]} in lower-case hexadecimal of its length`, `another one at /subject/${index}`);
    }
    if (known.length > 0) matchable += 1;
  }
  // A commit by its SHA-1, or what only its maker can look up, may stand beside what can be told from other content.
  return matchable > 0 ? undefined : fault('a subject with a digest such as sha256', `none of ${subjects.length}`);
}

const isDigest = ([algorithm, value]: readonly [string, unknown]): boolean => {
  const hex = asText(value) ?? '';
  return /^[0-9a-f]+$/.test(hex) && HEX_DIGITS[algorithm]?.includes(hex.length) === true;
};

const fault = (expected: string, found: string): Refusal => ({
  code: 'statement-invalid',
  step: 'statement',
  expected,
  found: found.slice(0, 300),
});

const invalid = (expected: string, found: string): StatementReading => ({ ok: false, refusal: fault(expected, found) });
