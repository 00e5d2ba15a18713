import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { base64, layerOf } from './container/samples.ts';
import { bytesOf } from './fixtures.ts';
import { createSigstore, MINUTE, SIGNED_AT } from './sigstore.ts';

const test = suite('timestamps over a whole envelope');
const sigstore = await createSigstore();
const later = await createSigstore(new Date(SIGNED_AT.getTime() + 60 * MINUTE));
const now = new Date(SIGNED_AT.getTime() + 90 * MINUTE);

const { dsseEnvelope, verificationMaterial } = await sigstore.bundle({ log: 'none' });
const data = Buffer.from(JSON.stringify(dsseEnvelope));
const signature = Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
const PEM = `-----BEGIN CERTIFICATE-----\n${verificationMaterial.certificate.rawBytes}\n-----END CERTIFICATE-----\n`;
const trust = sigstore.trust({}, (root) => ({ ...root, tlogs: [] }));

/** The layer with one timestamp, over the given bytes. */
async function layer(stamped: Buffer, by = sigstore, envelope: object | Buffer = data): Promise<object> {
  const SignedRFC3161Timestamp = await by.timestampOf(stamped);
  return layerOf(envelope as Buffer, {
    'dev.sigstore.cosign/certificate': PEM,
    'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp }),
  });
}
const verdict = (document: object) => verifyAttestation(bytesOf(document), trust, now);
const code = (document: object): string => {
  const found = verdict(document);
  return found.verified ? 'accepted' : found.refusals[0].code;
};

test('a layer whose envelope was stamped, as cosign v2 does, or whose signature was, as v3 does', async () => {
  for (const stamped of [data, signature]) {
    const found = verdict(await layer(stamped));
    if (!found.verified) throw new Error(JSON.stringify(found.refusals));
    const [signer] = found.signers;
    assert.ok(signer.kind === 'certificate' && signer.timeSource === 'timestamp');
    assert.is(signer.time, SIGNED_AT.toISOString());
  }
});

test('attack: a timestamp over the payload, over another envelope, over the same envelope in other bytes', async () => {
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const other = Buffer.from(JSON.stringify((await sigstore.bundle({ log: 'none' })).dsseEnvelope));
  const respelled = Buffer.from(JSON.stringify(dsseEnvelope, undefined, 1));
  for (const stamped of [payload, other, respelled, Buffer.alloc(0)]) {
    assert.is(code(await layer(stamped)), 'timestamp-invalid');
  }
  // Stamped first, and the envelope exchanged afterwards.
  assert.is(code(await layer(data, sigstore, other)), 'timestamp-invalid');
});

test('attack: an envelope that is stamped by an unknown authority, or once the certificate had ended', async () => {
  assert.is(code(await layer(data, later)), 'timestamp-invalid');
  const both = sigstore.trust({}, (root) => ({
    ...root,
    tlogs: [],
    timestampAuthorities: later.root.timestampAuthorities,
  }));
  const found = verifyAttestation(bytesOf(await layer(data, later)), both, now);
  assert.is(found.verified ? 'accepted' : found.refusals[0].code, 'certificate-invalid');
});

test('attack: outside of a layer nothing but the signature may be stamped', async () => {
  const bundle = await sigstore.bundle({ log: 'none' });
  const stamp = async (bytes: Buffer) => ({
    ...bundle,
    verificationMaterial: {
      ...bundle.verificationMaterial,
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: await sigstore.timestampOf(bytes) }] },
    },
  });
  const own = Buffer.from(bundle.dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
  assert.is(code(await stamp(own)), 'accepted');
  assert.is(code(await stamp(Buffer.from(JSON.stringify(bundle.dsseEnvelope)))), 'timestamp-invalid');
  assert.is(code(await stamp(Buffer.from(base64(own)))), 'timestamp-invalid');
});

test.run();
