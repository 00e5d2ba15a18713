import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrustedSigner } from '../../../src/api/trust.ts';
import { isQuickAttestation, isQuickMaterial } from '../../../src/receiver/checks/quick.ts';
import { bundleBy, createAuthority, envelopeBy, p256, trustIn } from '../../verify/fixtures.ts';

const test = suite('what is checked in the loop');
const good = p256();
const signersOf = (count: number): readonly TrustedSigner[] =>
  Array.from({ length: count }, () => trustIn(p256()).signers).flat();

test('a small attestation by a quick key, or by one of some', () => {
  const ed25519 = generateKeyPairSync('ed25519');
  assert.ok(isQuickAttestation(bundleBy(good), trustIn(good)));
  assert.ok(isQuickAttestation(bundleBy(ed25519), trustIn(ed25519)));
  assert.ok(isQuickAttestation(bundleBy(good), { signers: signersOf(32), roots: {} }));
  assert.not(isQuickAttestation(bundleBy(good), { signers: signersOf(33), roots: {} }));
});

test('attack: many signatures in few bytes', () => {
  // The shortest that takes the whole calculation: r = 1, s = 1.
  const sig = Buffer.from([0x30, 6, 2, 1, 1, 2, 1, 1]).toString('base64');
  const line = (count: number): string =>
    JSON.stringify({ ...envelopeBy(good), signatures: Array.from({ length: count }, () => ({ sig })) });
  const lines = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => line(16)).join('\n'));
  assert.ok(lines(8).length < 16 << 10, 'small enough by its bytes');
  assert.not(isQuickAttestation(lines(8), trustIn(good)));
  assert.not(isQuickAttestation(lines(3), trustIn(good)));
  assert.ok(isQuickAttestation(lines(2), trustIn(good)));
  assert.not(isQuickAttestation(lines(2), { signers: signersOf(2), roots: {} }));
});

test('attack: keys that take long, certificates, and keys that are none', async () => {
  for (const slow of [
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]) {
    assert.not(isQuickAttestation(bundleBy(good), trustIn(slow)));
    const { signers } = trustIn(slow);
    assert.not(isQuickAttestation(bundleBy(good), { signers: [...trustIn(good).signers, ...signers], roots: {} }));
  }
  const authority = await createAuthority();
  assert.not(isQuickAttestation(await authority.bundle(), authority.trust));
  const none: TrustedSigner = { kind: 'key', publicKey: 'none', fingerprint: 'SHA256:none' };
  assert.not(isQuickAttestation(bundleBy(good), { signers: [none], roots: {} }));
});

test('attack: an attestation of many bytes', () => {
  const payload = Buffer.alloc(16 << 10, ' ');
  assert.not(isQuickAttestation(bundleBy(good, { payload }), trustIn(good)));
});

test('materials that are read whole are not, but for texts and references', () => {
  const input = { size: 100, digest: '' };
  for (const type of ['ARTIFACT', 'EVIDENCE', 'STRING'] as const) assert.ok(isQuickMaterial(type, input), type);
  for (const type of ['SBOM_CYCLONEDX_JSON', 'SBOM_SPDX_JSON', 'SARIF', 'JUNIT_XML', 'CONTAINER_IMAGE'] as const) {
    assert.not(isQuickMaterial(type, input), type);
  }
  assert.ok(isQuickMaterial('CONTAINER_IMAGE', { ...input, isReference: true }));
  assert.not(isQuickMaterial('CONTAINER_IMAGE', { ...input, isReference: true, size: 4 << 20 }));
});

test.run();
