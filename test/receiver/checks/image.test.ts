// deadline: 120
import { createHash, sign } from 'node:crypto';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sigstoreBundle } from '../../../src/attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../../src/attestation/dsse.ts';
import { containerImage } from '../../../src/materials/container-image.ts';
import { type ImageTask, judgeImage } from '../../../src/receiver/checks/image.ts';
import { bytesOf, NOW, p256, trustIn } from '../../verify/fixtures.ts';
import { mutation, restructured } from '../../verify/mutation.ts';

const test = suite('checks of images');
const SEED = 20261128;
const RUNS = 3000;
const keys = p256();
const HEX = 'a'.repeat(64);
const REFERENCE = `registry.example/shop/app:1@sha256:${HEX}`;
const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A manifest of one layer, as it is sent. */
function attached(layer: Uint8Array, mediaType: string, annotations: object, more: object = {}) {
  const descriptor = { mediaType, digest: sha256(layer), size: layer.length, annotations };
  const manifest = bytesOf({
    schemaVersion: 2,
    config: { mediaType: 'application/json' },
    layers: [descriptor],
    ...more,
  });
  return { manifest: Buffer.from(manifest).toString('base64'), layers: [Buffer.from(layer).toString('base64')] };
}

function simple() {
  const image = { 'docker-manifest-digest': `sha256:${HEX}` };
  const payload = bytesOf({ critical: { image, type: 'cosign container image signature' }, optional: null });
  const signature = sign('sha256', payload, keys.privateKey).toString('base64');
  const annotations = { 'dev.cosignproject.cosign/signature': signature };
  return attached(payload, 'application/vnd.dev.cosign.simplesigning.v1+json', annotations);
}

function bundle(predicateType = 'https://sigstore.dev/cosign/sign/v1') {
  const subject = [{ digest: { sha256: HEX } }];
  const payload = bytesOf({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} });
  const type = 'application/vnd.in-toto+json';
  const signature = sign('sha256', preAuthEncoding(type, payload), keys.privateKey);
  const bytes = sigstoreBundle(dsseEnvelope(payload, signature), { kind: 'key', hint: '' });
  return attached(bytes, 'application/vnd.dev.sigstore.bundle.v0.3+json', {}, { subject: { digest: `sha256:${HEX}` } });
}

const notary = attached(
  Buffer.from('{}'),
  'application/jose+json',
  {},
  {
    artifactType: 'application/vnd.cncf.notary.signature',
    subject: { digest: `sha256:${HEX}` },
  },
);
const judged = (bytes: Uint8Array, more: Partial<ImageTask> = {}) =>
  judgeImage({ bytes, isReference: true, trust: trustIn(keys), now: NOW, ...more });
const documentOf = (...signatures: readonly object[]): Uint8Array => bytesOf({ reference: REFERENCE, signatures });

for (const [name, signature] of Object.entries({ 'simple signing': simple(), 'a bundle': bundle() })) {
  const document = { reference: REFERENCE, signatures: [signature] };
  const original = judged(bytesOf(document));

  /** Not signed, or signed by the same, and then it is this image still. */
  const holds = (bytes: Uint8Array): void => {
    const verdict = judged(bytes);
    const inspection = containerImage.inspect({ bytes, size: bytes.length, digest: sha256(bytes), isReference: true });
    if (!verdict.verified) return;
    assert.equal(verdict, original);
    if (inspection.ok) assert.is(inspection.facts.digest, `sha256:${HEX}`);
  };

  test(`${name}: whatever is changed in the document, no other image is signed by it`, () => {
    assert.ok(original.verified);
    fc.assert(fc.property(mutation(bytesOf(document)), holds), { numRuns: RUNS, seed: SEED });
    fc.assert(
      fc.property(restructured(document), (each) => holds(bytesOf(each))),
      { numRuns: RUNS, seed: SEED },
    );
    assert.not(
      judged(bytesOf({ ...document, reference: REFERENCE.replace('aa@', 'ab@').replace('aaa', 'bbb') })).verified,
    );
  });
}

test('a layout, a bare name, and what is no document have no signatures', () => {
  for (const bytes of [Buffer.from(REFERENCE), Buffer.from('{'), documentOf()]) {
    assert.equal(judged(bytes), { verified: false, refusals: [] });
  }
  assert.equal(judged(documentOf(simple()), { isReference: false }), { verified: false, refusals: [] });
});

test('Notary and attestations are told, and don’t count', () => {
  const codes = (bytes: Uint8Array): string => {
    const verdict = judged(bytes);
    return verdict.verified ? 'signed' : verdict.refusals.map(({ found }) => found).join(' | ');
  };
  assert.match(codes(documentOf(notary)), /^one of Notary/);
  assert.match(codes(documentOf(bundle('https://slsa.dev/provenance/v1'))), /^https:\/\/slsa\.dev\/provenance\/v1$/);
  assert.is(codes(documentOf(notary, simple())), 'signed');
});

test('what is beyond the number that is checked is told', () => {
  const junk = Array.from({ length: 100 }, () => bundle('https://slsa.dev/provenance/v1'));
  const verdict = judged(documentOf(...junk));
  assert.not(verdict.verified);
  const [layer] = simple().layers;
  const two = { ...JSON.parse(Buffer.from(simple().manifest, 'base64').toString()) } as { layers: object[] };
  const manifest = { ...two, layers: [...two.layers, ...two.layers] };
  const many = { manifest: Buffer.from(bytesOf(manifest)).toString('base64'), layers: [layer, layer] };
  const over = judged(documentOf(...junk.slice(1), many), { trust: trustIn(p256()) });
  const refusals = over.verified ? [] : over.refusals;
  assert.is(refusals[0]?.expected, 'at most 100 signatures');
  assert.is(refusals[0]?.found, '101');
});

test.run();
