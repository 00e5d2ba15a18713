// deadline: 120
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bundleBy, bytesOf, createAuthority, envelopeBy, NOW, p256, STATEMENT, trustIn } from './fixtures.ts';

const test = suite('verify survives mutations');
const keys = p256();
const authority = await createAuthority();
const SEED = 20261124;

/** Bytes of the container that were changed, cut out or doubled. */
const mutation = (bytes: Uint8Array) =>
  fc
    .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'twice'))
    .map(([at, value, how]) => {
      if (how === 'set') return Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + 1)]);
      if (how === 'cut') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value % 16))]);
      return Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(Math.max(0, at - (value % 16)))]);
    });

const CONTAINERS = {
  'a bundle with a key': { bytes: bundleBy(keys), trust: trustIn(keys) },
  'a bare envelope': { bytes: bytesOf(envelopeBy(keys)), trust: trustIn(keys) },
  'a bundle with a certificate': { bytes: await authority.bundle(), trust: authority.trust },
};

for (const [name, { bytes, trust }] of Object.entries(CONTAINERS)) {
  test(`${name}: a mutation is refused, or means the same signed bytes; it never throws`, () => {
    fc.assert(
      fc.property(mutation(bytes), (mutated) => {
        const verdict = verifyAttestation(mutated, trust, NOW);
        // What isn't signed (a hint, a space) may change; what is signed may not.
        return !verdict.verified || Buffer.from(verdict.payload).equals(STATEMENT);
      }),
      { numRuns: 3000, seed: SEED },
    );
  });
}

test('random bytes and random JSON are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => !verifyAttestation(bytes, trustIn(keys), NOW).verified),
    { seed: SEED },
  );
  fc.assert(
    fc.property(fc.json(), (text) => !verifyAttestation(Buffer.from(text), trustIn(keys), NOW).verified),
    { seed: SEED },
  );
  assert.is(verifyAttestation(new Uint8Array(), trustIn(keys), NOW).verified, false);
});

test.run();
