import { asArray, asRecord, type UnknownRecord } from '../api/record.ts';
import type { ControlPlaneKeys } from './key-list.ts';
import { countsAt } from './keys.ts';
import { sha256Of } from './summary-form.ts';

/** One step of a verification. */
export interface Step {
  readonly step:
    | 'signature'
    | 'time'
    | 'form'
    | 'subject'
    | 'type'
    | 'verifier'
    | 'resource'
    | 'result'
    | 'levels'
    | 'run'
    | 'builder';
  readonly ok: boolean;
  /** What holds, or what was expected and found instead. */
  readonly text: string;
}

export const judged = (step: Step['step'], ok: boolean, holds: string, fails: string): Step => ({
  step,
  ok,
  text: ok ? holds : `${step}: ${fails}`,
});

export const same = (step: Step['step'], what: string, found: string, expected: string): Step =>
  judged(step, found === expected, `${what} ${found}`, `expected ${expected}, found ${found}`);

/** Every digest must be one of its subjects, by SHA-256; names and weaker digests say nothing. */
export function subjectStep(statement: UnknownRecord, digests: readonly string[]): Step {
  const subjects = asArray(statement.subject).map((subject) => sha256Of(asRecord(subject) ?? {}));
  const found = subjects.map((each) => each ?? 'one without SHA-256').join(', ');
  const expected = digests.join(' and ');
  const speaksOf = digests.length > 0 && digests.every((digest) => subjects.includes(digest));
  return judged('subject', speaksOf, `it speaks of ${expected}`, `expected ${expected || 'a digest'}, found ${found}`);
}

/** The time is the signer's own word: it tells a key that was replaced from one that signs, no more. */
export function timeStep(time: string | undefined, { keys }: ControlPlaneKeys, fingerprint: string): Step {
  const key = keys.find((each) => each.fingerprint === fingerprint);
  const counts = key !== undefined && time !== undefined && countsAt(key, new Date(time));
  const isAnyTime = key !== undefined && key.validFrom === undefined && key.validUntil === undefined;
  if (isAnyTime) return judged('time', true, `it was signed at ${time ?? 'a time that it does not say'}`, '');
  const bounds = `from ${key?.validFrom ?? 'ever'} until ${key?.validUntil ?? 'it is replaced'}`;
  return judged(
    'time',
    counts,
    `it was signed at ${time}, while that key counts`,
    `expected a time ${bounds}, as that key counts, found ${time ?? 'none'}`,
  );
}
