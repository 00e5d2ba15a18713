// deadline: 180
import { createHash, sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { sigstoreBundle } from '../../src/attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { findSignatures } from '../../src/cli/material/image-signatures.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { readSignedReference } from '../../src/materials/signed-reference.ts';
import { openRepository } from '../../src/oci/repository.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { type ImageSignature, verifyImage } from '../../src/verify/image.ts';
import { type CosignKey, cosign } from '../tools/cosign.ts';
import { type Image, type Registry, startRegistry } from '../tools/registry.ts';
import { type Sigstore, startSigstore } from '../tools/sigstore.ts';
import { bytesOf, type Keys, p256, trustIn } from './fixtures.ts';

const test = suite('verify: signatures of images');
const EMAIL = 'dev@proviso.test';
let registry: Registry;
let sigstore: Sigstore;
let key: CosignKey;
test.before(async () => {
  registry = await startRegistry();
  sigstore = await startSigstore();
  key = await cosign('v3').generateKeyPair();
});
test.after(async () => {
  await registry?.stop();
  await sigstore?.stop();
});

const pushed = (about: string): Promise<Image> => registry.pushImage('shop/app', JSON.stringify({ about }));

/** What lies beside an image, as the receiver gets it. */
async function beside({ digest }: Image): Promise<readonly ImageSignature[]> {
  const repository = openRepository({ host: registry.host, name: 'shop/app' });
  const signatures = await findSignatures(repository, digest as Digest);
  repository.close();
  const reading = readSignedReference(Buffer.from(JSON.stringify({ reference: 'app', signatures })));
  if (!reading.ok) throw new Error(reading.finding.message);
  return reading.signatures.flatMap(({ documents }) => documents);
}

const byKey = (publicKey: string): Trust => ({
  signers: [{ kind: 'key', publicKey, fingerprint: 'SHA256:x' }],
  roots: {},
});
const byIdentity = (exact: string): Trust => ({
  signers: [{ kind: 'identity', root: 'r', issuer: sigstore.issuers.email, subject: { exact }, claims: [] }],
  roots: { r: { json: sigstore.trustedRoot, digest: `sha256:${hex(sigstore.trustedRoot)}` } },
});
const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Who signed, else the codes of what was wrong. */
function outcome(signatures: readonly ImageSignature[], digest: string, trust: Trust): string {
  const verdict = verifyImage(signatures, digest, trust, new Date());
  if (!verdict.verified) return verdict.refusals.map(({ code }) => code).join(', ');
  return verdict.signers.map((each) => (each.kind === 'key' ? 'key' : each.identity)).join(', ');
}

const other = p256();

for (const version of ['v2', 'v3'] as const) {
  for (const form of ['bundle', 'legacy'] as const) {
    test(`cosign ${version} with a key, ${form}`, async () => {
      const image = await pushed(`${version} ${form} key`);
      await cosign(version).signImage({ image, signer: { kind: 'key', key }, form });
      const found = await beside(image);
      assert.is(outcome(found, image.digest, byKey(key.publicKey)), 'key');
      assert.is(outcome(found, image.digest, trustIn(other)), 'signature-invalid', 'another key');
      assert.is(outcome(found, image.digest, byIdentity(EMAIL)), 'signer-not-allowed', 'a key for an identity');
      const another = await pushed(`${version} ${form} another`);
      assert.is(outcome(found, another.digest, byKey(key.publicKey)), 'statement-mismatch', 'another image');
      assert.is(outcome(found, image.digest, { signers: [], roots: {} }), '', 'nobody is trusted');
    });

    test(`cosign ${version} keyless, ${form}`, async () => {
      const image = await pushed(`${version} ${form} keyless`);
      const token = await sigstore.token({ kind: 'email', email: EMAIL });
      const signer = { kind: 'token', token } as const;
      await cosign(version).signImage({ image, signer, sigstore, log: 'rekor-v1', form });
      const found = await beside(image);
      assert.is(outcome(found, image.digest, byIdentity(EMAIL)), EMAIL);
      assert.is(outcome(found, image.digest, byIdentity(`x${EMAIL}`)), 'signer-not-allowed');
      assert.is(outcome(found, image.digest, byKey(key.publicKey)), 'signature-invalid');
      const stripped = found.map((each) => ({ ...each, document: withoutLog(each.document) }));
      assert.match(outcome(stripped, image.digest, byIdentity(EMAIL)), /^(log-entry|timestamp)-invalid/);
    });
  }
}

/** The signature without what the log said. */
function withoutLog(document: unknown): unknown {
  const copy = structuredClone(document) as {
    annotations?: Record<string, string>;
    verificationMaterial?: { tlogEntries?: unknown };
  };
  if (copy.annotations !== undefined) delete copy.annotations['dev.sigstore.cosign/bundle'];
  if (copy.verificationMaterial !== undefined) delete copy.verificationMaterial.tlogEntries;
  return copy;
}

const DIGEST = `sha256:${'a'.repeat(64)}`;
const TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIMPLE = {
  critical: {
    identity: { 'docker-reference': 'shop/app' },
    image: { 'docker-manifest-digest': DIGEST },
    type: 'cosign container image signature',
  },
  optional: null,
};

/** A layer as cosign 2 writes it; `signed` is what the signature is over, if that isn't the payload. */
function layer({ privateKey }: Keys, payload: unknown, signed: unknown = payload): ImageSignature {
  const data = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const over = Buffer.from(typeof signed === 'string' ? signed : JSON.stringify(signed));
  const annotations = { 'dev.cosignproject.cosign/signature': sign('sha256', over, privateKey).toString('base64') };
  const document = { mediaType: TYPE, size: data.length, digest: `sha256:${hex(data)}`, annotations };
  return { document: { ...document, data: data.toString('base64') }, at: '/signatures/0' };
}

const withCritical = (more: object): unknown => ({ ...SIMPLE, critical: { ...SIMPLE.critical, ...more } });

test('a payload must say that it signs this image, and be what was signed', () => {
  const keys = p256();
  const said = (payload: unknown, signed?: unknown): string =>
    outcome([layer(keys, payload, signed)], DIGEST, trustIn(keys));
  assert.is(said(SIMPLE), 'key');
  const elsewhere = withCritical({ image: { 'docker-manifest-digest': `sha256:${'b'.repeat(64)}` } });
  assert.is(said(elsewhere), 'statement-mismatch');
  assert.is(said(SIMPLE, elsewhere), 'signature-invalid');
  assert.is(said(withCritical({ type: 'atomic container signature' })), 'statement-mismatch');
  assert.is(said(withCritical({ image: {} })), 'statement-mismatch');
  assert.is(said('{}'), 'statement-mismatch');
  assert.is(said('not JSON'), 'statement-mismatch');
  // A reader that takes the last of two members would see another image.
  const twice = JSON.stringify(SIMPLE).replace(
    '"type"',
    `"image":${JSON.stringify({ 'docker-manifest-digest': DIGEST })},"type"`,
  );
  assert.is(said(twice), 'statement-mismatch');
});

/** A bundle over an in-toto statement. */
function bundle({ privateKey }: Keys, statement: object): ImageSignature {
  const payload = bytesOf(statement);
  const type = 'application/vnd.in-toto+json';
  const signature = sign('sha256', preAuthEncoding(type, payload), privateKey);
  const bytes = sigstoreBundle(dsseEnvelope(payload, signature), { kind: 'key', hint: '' });
  return { document: JSON.parse(Buffer.from(bytes).toString()), at: '/signatures/0' };
}

const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://sigstore.dev/cosign/sign/v1',
  predicate: {},
};

test('a statement counts if it is of the type by which cosign signs, and of this image', () => {
  const keys = p256();
  const said = (statement: object): string => outcome([bundle(keys, statement)], DIGEST, trustIn(keys));
  assert.is(said(STATEMENT), 'key');
  assert.is(said({ ...STATEMENT, predicateType: 'https://slsa.dev/provenance/v1' }), 'statement-mismatch');
  assert.is(said({ ...STATEMENT, subject: [{ digest: { sha256: 'b'.repeat(64) } }] }), 'statement-mismatch');
  assert.is(said({ ...STATEMENT, subject: [{ digest: { sha512: 'a'.repeat(128) } }] }), 'statement-mismatch');
  assert.is(said({ ...STATEMENT, subject: [] }), 'statement-invalid');
});

test('one good signature is enough, beside any number of others; all who signed are told', () => {
  const [one, two, stranger] = [p256(), p256(), p256()];
  const junk = { document: { verificationMaterial: 1 }, at: '/signatures/9' };
  const trust = { signers: [...trustIn(one).signers, ...trustIn(two).signers], roots: {} };
  const signatures = [junk, layer(stranger, SIMPLE), bundle(one, STATEMENT), layer(one, SIMPLE), layer(two, SIMPLE)];
  assert.is(outcome(signatures, DIGEST, trust), 'key, key');
  const verdict = verifyImage(signatures.slice(0, 2), DIGEST, trust, new Date());
  assert.not(verdict.verified);
  const places = verdict.verified ? [] : verdict.refusals.map(({ at }) => at);
  assert.equal(places, ['/signatures/9', '/signatures/0']);
  assert.is(outcome([], DIGEST, trust), '');
});

test('what is none is refused as that', () => {
  for (const document of [undefined, null, 1, 'x', [], {}, { mediaType: TYPE }, { dsseEnvelope: {} }]) {
    assert.is(
      outcome([{ document, at: '' }], DIGEST, trustIn(other)),
      'attestation-malformed',
      JSON.stringify(document),
    );
  }
  const { document } = layer(other, SIMPLE);
  const unsigned = { ...(document as object), annotations: {} };
  assert.is(outcome([{ document: unsigned, at: '' }], DIGEST, trustIn(other)), 'attestation-malformed');
  assert.is(
    outcome([{ document: { ...(document as object), size: 1 }, at: '' }], DIGEST, trustIn(other)),
    'attestation-malformed',
  );
});

test('a signature of an image is no attestation, and one over an envelope none of an image', () => {
  const { document } = layer(other, SIMPLE);
  assert.not(verifyAttestation(bytesOf(document as object), trustIn(other), new Date()).verified);
  // The bytes that an envelope is signed over, as the payload of a layer.
  const encoded = preAuthEncoding('application/vnd.in-toto+json', bytesOf(STATEMENT)).toString();
  assert.is(outcome([layer(other, encoded)], DIGEST, trustIn(other)), 'statement-mismatch');
});

test.run();
