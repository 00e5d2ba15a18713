import { excerpt } from '../api/excerpt.ts';
import type { Trust } from '../api/trust.ts';
import type { SignedContent } from './container/content.ts';
import { LIMITS } from './container/limits.ts';
import { readContainer } from './container/read.ts';
import { signedBytes } from './signed-bytes.ts';
import { findSigners } from './signers.ts';
import { readStatement } from './statement.ts';
import type { Refusal, Verdict } from './verdict.ts';
import { boundedWork, type Work } from './work.ts';

type Verified = Extract<Verdict, { verified: true }>;

/** What is told of a container with many signatures. */
const MAX_REFUSALS = 20;
/** Characters of a text in a refusal: certificates and log entries can hold names as long as themselves. */
const MAX_TEXT = 500;

/**
 * Says who signed some bytes and what they hold, or every reason why that can't be trusted. `now` is when they were received.
 * Pure but for what it remembers of roots; whatever is handed in, it doesn't throw.
 */
export function verifyAttestation(bytes: Uint8Array, trust: Trust, now: Date): Verdict {
  try {
    const reading = readContainer(bytes);
    if (!reading.ok) return refused([reading.refusal]);
    const work = boundedWork(LIMITS.work);
    const verdicts = reading.contents.map((content) => judge(content, trust, now, work));
    // What could not be checked might be another one that is signed well.
    const verdict = work.isExceeded() ? refused([tooMuch(reading.contents, trust)]) : only(verdicts);
    return verdict.verified ? verdict : { ...verdict, form: reading.contents[0].form };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return refused([{ code: 'attestation-malformed', step: 'container', expected: 'a readable attestation', found }]);
  }
}

/** Of several in one container exactly one may count, or the same twice: who reads the rest would take another for it. */
function only(verdicts: readonly Verdict[]): Verdict {
  const verified = verdicts.filter((verdict): verdict is Verified => verdict.verified);
  const [first, ...others] = verified;
  if (first === undefined) return refused(verdicts.flatMap((verdict) => (verdict.verified ? [] : verdict.refusals)));
  const isSame = others.every(({ payload }) => Buffer.compare(payload, first.payload) === 0);
  if (isSame) return first;
  const found = `${verified.length} different ones that are signed well`;
  return refused([{ code: 'attestation-malformed', step: 'container', expected: 'one attestation', found }]);
}

function judge(content: SignedContent, trust: Trust, now: Date, work: Work): Verdict {
  const { payload, payloadType, form, mediaType, at } = content;
  const named = (refusal: Refusal): Refusal =>
    at === '' ? refusal : { ...refusal, at: refusal.at === undefined ? at : `${at}, ${refusal.at}` };
  const found = findSigners(content, signedBytes(content, work), trust, now);
  if (!found.ok) return refused(found.refusals.map(named));
  const reading = readStatement(payloadType, payload);
  if (!reading.ok) return refused([named(reading.refusal)]);
  return { verified: true, signers: found.signers, payload, statement: reading.statement, form, mediaType };
}

function tooMuch(contents: readonly SignedContent[], { signers }: Trust): Refusal {
  const signatures = contents.reduce((sum, content) => sum + content.signatures.length, 0);
  const bytes = contents.reduce((sum, { payload }) => sum + payload.length, 0);
  return {
    code: 'attestation-malformed',
    step: 'signature',
    expected: `signatures that can be checked by hashing ${LIMITS.work >> 20} MiB; fewer of them, or over less`,
    found: `${signatures} signatures over ${bytes} bytes, each to be checked for ${signers.length} signers`,
  };
}

const NOBODY_TRUSTED: Refusal = {
  code: 'signer-not-allowed',
  step: 'signer',
  expected: 'a signer that the contract trusts',
  found: 'a contract that trusts nobody',
};

const refused = ([first = NOBODY_TRUSTED, ...rest]: readonly Refusal[]): Verdict => ({
  verified: false,
  refusals: [inShort(first), ...rest.slice(0, MAX_REFUSALS - 1).map(inShort)],
});

const inShort = (refusal: Refusal): Refusal => ({
  ...refusal,
  expected: excerpt(refusal.expected, MAX_TEXT),
  found: excerpt(refusal.found, MAX_TEXT),
});
