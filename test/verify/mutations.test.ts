// deadline: 120
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bundleBy, bytesOf, createAuthority, envelopeBy, NOW, p256, STATEMENT, trustIn } from './fixtures.ts';
import { mutation } from './mutation.ts';

const test = suite('verify survives mutations');
const keys = p256();
const authority = await createAuthority();
const SEED = 20261124;

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
