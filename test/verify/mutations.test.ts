// deadline: 400
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import type { Verdict } from '../../src/verify/verdict.ts';
import { EVERY_FORM } from './every-form.ts';
import { bundleBy, p256, trustIn } from './fixtures.ts';
import { mutation, restructured } from './mutation.ts';
import { SIGNED_AT } from './sigstore.ts';

const test = suite('verify survives mutations');
const SEED = 20261124;
const RUNS = 5000;

type Verified = Extract<Verdict, { verified: true }>;

const bytesOf = (documents: readonly object[]): Buffer =>
  Buffer.from(documents.map((document) => JSON.stringify(document)).join('\n'));

/** What is proven; where a proof of the time is left out, another one may have taken its place. */
const proven = ({ signers, payload, statement }: Verified): unknown => [
  signers.map((signer) => ({ ...signer, timeSource: 'any' })),
  Buffer.from(payload).toString('base64'),
  statement,
];

/** Refused for a reason, or the same by the same: what isn't signed (a hint, a space) may change, what is signed may not. */
function isRefusedOrSame(bytes: Uint8Array, trust: Trust, original: unknown): boolean {
  const verdict = verifyAttestation(bytes, trust, SIGNED_AT);
  if (verdict.verified) return isDeepStrictEqual(proven(verdict), original);
  return verdict.refusals.every(({ expected, code }) => expected !== '' && code !== undefined);
}

for (const [name, { documents, trust }] of Object.entries(EVERY_FORM)) {
  const bytes = bytesOf(documents);
  const verdict = verifyAttestation(bytes, trust, SIGNED_AT);
  if (!verdict.verified) throw new Error(`${name}: ${JSON.stringify(verdict.refusals)}`);
  const original = proven(verdict);

  test(`${name}: changed bytes are refused, or mean the same`, () => {
    fc.assert(
      fc.property(mutation(bytes), (mutated) => isRefusedOrSame(mutated, trust, original)),
      { numRuns: RUNS, seed: SEED },
    );
  });

  test(`${name}: members that are changed, gone, doubled or exchanged are refused, or mean the same`, () => {
    const mutated = fc.oneof(
      ...documents.map((document, at) => restructured(document).map((each) => documents.with(at, each))),
    );
    fc.assert(
      fc.property(mutated, (each) => isRefusedOrSame(bytesOf(each), trust, original)),
      { numRuns: RUNS, seed: SEED },
    );
  });
}

test('random bytes and random JSON are refused', () => {
  const keys = p256();
  const trust = trustIn(keys);
  assert.ok(verifyAttestation(bundleBy(keys), trust, SIGNED_AT).verified);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => !verifyAttestation(bytes, trust, SIGNED_AT).verified),
    { seed: SEED },
  );
  fc.assert(
    fc.property(fc.json(), (text) => !verifyAttestation(Buffer.from(text), trust, SIGNED_AT).verified),
    { seed: SEED },
  );
  assert.is(verifyAttestation(new Uint8Array(), trust, SIGNED_AT).verified, false);
});

test.run();
