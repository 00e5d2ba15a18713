import { createPublicKey, ECDH, generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PAYLOAD_TYPE, STATEMENT_TYPE } from '../../src/attestation/statement.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { element, readInside, TAG } from '../../src/verify/der.ts';
import { fingerprintOf, keyIdOf, readPublicKey } from '../../src/verify/keys.ts';
import {
  bundleBy,
  bytesOf,
  createAuthority,
  envelopeBy,
  type Keys,
  NOW,
  p256,
  STATEMENT,
  trustIn,
} from './fixtures.ts';

const test = suite('verify with keys');
const good = p256();

function refused(bytes: Uint8Array, code: string, trust = trustIn(good)): string {
  const verdict = verifyAttestation(bytes, trust, NOW);
  if (verdict.verified) throw new Error('it was accepted');
  assert.is(verdict.refusals[0].code, code, JSON.stringify(verdict.refusals));
  return `${verdict.refusals[0].expected} | ${verdict.refusals[0].found}`;
}

test('a bundle and a bare envelope, P-256 in both encodings and Ed25519', () => {
  const ed25519: Keys = generateKeyPairSync('ed25519');
  const cases: readonly (readonly [Uint8Array, Keys])[] = [
    [bundleBy(good), good],
    [bytesOf(envelopeBy(good)), good],
    [bytesOf(envelopeBy(good, { dsaEncoding: 'ieee-p1363' })), good],
    [bundleBy(ed25519), ed25519],
  ];
  for (const [bytes, keys] of cases) {
    const verdict = verifyAttestation(bytes, trustIn(keys), NOW);
    assert.is(verdict.verified, true, JSON.stringify(verdict));
    if (verdict.verified) assert.equal(Buffer.from(verdict.payload), STATEMENT);
  }
});

test('older bundle media types and URL-safe base64', () => {
  for (const mediaType of [
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
  ]) {
    const bundle = JSON.parse(Buffer.from(bundleBy(good)).toString()) as Record<string, unknown>;
    assert.is(verifyAttestation(bytesOf({ ...bundle, mediaType }), trustIn(good), NOW).verified, true, mediaType);
  }
  const envelope = envelopeBy(good);
  const [signature = { sig: '' }] = envelope.signatures;
  const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const bytes = bytesOf({
    ...envelope,
    payload: urlSafe(envelope.payload),
    signatures: [{ sig: urlSafe(signature.sig) }],
  });
  assert.is(verifyAttestation(bytes, trustIn(good), NOW).verified, true);
});

test('the second of two signatures is enough, and the key id decides nothing', () => {
  const [theirs] = envelopeBy(p256()).signatures;
  const [ours] = envelopeBy(good).signatures;
  const both = { ...envelopeBy(good), signatures: [theirs, { ...ours, keyid: 'a lie' }] };
  assert.is(verifyAttestation(bytesOf(both), trustIn(good), NOW).verified, true);
});

test('attack: another key', () => {
  assert.match(refused(bundleBy(p256()), 'signature-invalid'), /SHA256:/);
});

test('attack: a signature over other bytes, or over another type', () => {
  refused(bundleBy(good, { signed: Buffer.from('{}') }), 'signature-invalid');
  const envelope = envelopeBy(good);
  refused(bytesOf({ ...envelope, payloadType: 'application/json' }), 'signature-invalid');
});

test('attack: nobody is trusted, or a certificate is expected', async () => {
  refused(bundleBy(good), 'signer-not-allowed', { signers: [], roots: {} });
  refused(bundleBy(good), 'signer-not-allowed', (await createAuthority()).trust);
});

/** The statement with one more subject in front. */
const withSubjects = (subject: string): string => STATEMENT.toString().replace('"subject":[', `"subject":[${subject},`);

test('a subject that matches nothing may stand beside one with a digest: a commit of git, an id of a cloud', () => {
  for (const digest of [`{"sha1":"${'c'.repeat(40)}"}`, '{"gce_image_id":"77"}', `{"gitCommit":"${'c'.repeat(40)}"}`]) {
    const payload = Buffer.from(withSubjects(`{"name":"git.head","digest":${digest}}`));
    const verdict = verifyAttestation(bundleBy(good, { payload }), trustIn(good), NOW);
    assert.is(verdict.verified, true, JSON.stringify(verdict));
  }
});

test('attack: a signed payload that is no statement that all read the same', () => {
  const statement = STATEMENT.toString();
  const payloads: Readonly<Record<string, string>> = {
    'duplicate keys': statement.replace('"subject":', '"subject":[],"subject":'),
    'no subject': statement.replace(/"subject":\[.*?\],/, '"subject":[],'),
    'a subject without a digest': statement.replace(/"digest":\{.*?\}/, '"digest":{}'),
    'a subject without a digest beside one with it': withSubjects('{"name":"b","digest":{}}'),
    'a subject whose digest is no text': withSubjects('{"name":"b","digest":{"sha256":7}}'),
    'a digest too short': withSubjects('{"name":"b","digest":{"sha256":"00"}}'),
    'a digest in capitals beside a weak one': withSubjects(
      `{"name":"b","digest":{"sha1":"0","sha256":"${'A'.repeat(64)}"}}`,
    ),
    'weak digests alone': statement.replace(/"sha256":/, '"sha1":'),
    'a digest of no known name alone': statement.replace(/"sha256":/, '"toString":'),
    'a subject that is none': statement.replace(/"subject":\[.*?\],/, '"subject":[null],'),
    'a type that is no text': '{"_type":{"toString":1}}',
    'another type': statement.replace(STATEMENT_TYPE, 'https://in-toto.io/Link/v1'),
    'no JSON': 'hello',
    'a depth bomb': `${'['.repeat(5000)}${']'.repeat(5000)}`,
  };
  for (const payload of Object.values(payloads)) {
    refused(bundleBy(good, { payload: Buffer.from(payload) }), 'statement-invalid');
  }
});

test('attack: containers that readers would read differently', () => {
  const envelope = JSON.stringify(envelopeBy(good));
  refused(Buffer.from(envelope.replace('{', '{"payload":"e30=",')), 'json-duplicate-key');
  refused(Buffer.from(`${'['.repeat(100)}${']'.repeat(100)}`), 'json-too-deep');
  refused(Buffer.from('{'), 'json-malformed');
  refused(bytesOf({ ...envelopeBy(good), payload: `${envelopeBy(good).payload}\n` }), 'attestation-malformed');
  refused(bytesOf({ ...envelopeBy(good), signatures: [] }), 'attestation-malformed');
  refused(bytesOf({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }), 'attestation-malformed');
  refused(bytesOf({ payloadType: PAYLOAD_TYPE }), 'attestation-malformed');
  refused(Buffer.from([0xff, 0xfe]), 'json-malformed');
});

const bundleOf = (keys: Keys) =>
  JSON.parse(Buffer.from(bundleBy(keys)).toString()) as {
    mediaType: string;
    verificationMaterial: Record<string, unknown>;
    dsseEnvelope: { signatures: { keyid: string; sig: string }[] };
  };

test('attack: one object that is a bundle to some readers and an envelope to others', () => {
  const theirs = envelopeBy(p256(), { payload: Buffer.from('{"evil":true}') });
  const both = { ...bundleOf(good), dsseEnvelope: theirs, ...envelopeBy(good) };
  assert.match(refused(bytesOf(both), 'attestation-malformed'), /can be read as both/);
  const { mediaType: _, ...untyped } = both;
  refused(bytesOf(untyped), 'attestation-malformed');
});

test('attack: a bundle with two contents, or two ways to find the key', () => {
  const bundle = bundleOf(good);
  const messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: 'AA==' }, signature: 'AA==' };
  assert.match(refused(bytesOf({ ...bundle, messageSignature }), 'attestation-malformed'), /and messageSignature/);
  const verificationMaterial = { ...bundle.verificationMaterial, certificate: { rawBytes: 'AA==' } };
  assert.match(refused(bytesOf({ ...bundle, verificationMaterial }), 'attestation-malformed'), /publicKey and cert/);
  const signatures = bundle.dsseEnvelope.signatures.map((signature) => ({ ...signature, keyid: 'another' }));
  const differing = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, signatures } };
  assert.match(refused(bytesOf(differing), 'attestation-malformed'), /hint and a keyid/);
});

test('attack: a bundle of a version that has no rules here', () => {
  for (const mediaType of [
    'application/vnd.dev.sigstore.bundle.v9.9+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.3<script>',
  ]) {
    assert.match(refused(bytesOf({ ...bundleOf(good), mediaType }), 'attestation-malformed'), /0\.1 to 0\.3/);
  }
  const twice = bundleOf(good);
  twice.dsseEnvelope.signatures.push({ keyid: '', sig: 'AA==' });
  assert.match(refused(bytesOf(twice), 'attestation-malformed'), /dsseEnvelope\/signatures/);
});

test('attack: one key in two spellings is one key', () => {
  for (const [namedCurve, curve] of [
    ['P-256', 'prime256v1'],
    ['P-384', 'secp384r1'],
    ['P-521', 'secp521r1'],
  ] as const) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const usual = publicKey.export({ type: 'spki', format: 'der' });
    const [algorithm, bits] = readInside(usual, TAG.sequence);
    const point = bits?.content.subarray(1) ?? Buffer.alloc(0);
    const compressed = Buffer.from(ECDH.convertKey(point, curve, undefined, undefined, 'compressed') as Buffer);
    const head = element(algorithm?.tag ?? 0, algorithm?.content ?? Buffer.alloc(0));
    const der = element(TAG.sequence, head, element(TAG.bits, Buffer.from([0]), compressed));
    const other = createPublicKey({ key: der, format: 'der', type: 'spki' });
    assert.not.equal(other.export({ type: 'spki', format: 'der' }), usual, 'OpenSSL keeps the spelling');
    assert.is(fingerprintOf(other), fingerprintOf(publicKey), namedCurve);
    assert.is(keyIdOf(other), keyIdOf(publicKey), namedCurve);
  }
});

test('keys that are none, private, or of another kind', () => {
  const message = (pem: string): string => {
    const reading = readPublicKey(pem);
    return reading.ok ? 'ok' : reading.message;
  };
  const pem = (keys: Keys) => keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  assert.is(message(pem(good)), 'ok');
  assert.match(message(good.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), /private key.*replace/);
  assert.match(message('hello'), /BEGIN PUBLIC KEY/);
  assert.match(
    message(pem(generateKeyPairSync('rsa', { modulusLength: 1024 }))),
    /2048 to 4096 bits, not rsa of 1024 bits/,
  );
  const cheap = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  assert.match(message(pem(cheap)), /not rsa of 2048 bits and exponent 3/);
  assert.match(message(pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))), /not ec secp256k1/);
  assert.match(message(pem(generateKeyPairSync('ed448'))), /not ed448/);
  assert.match(message(pem(good) + pem(p256())), /several PEM blocks/);
});

test.run();
