// deadline: 180
import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cosign } from './cosign.ts';
import { type Registry, startRegistry } from './registry.ts';
import { type Sigstore, startSigstore } from './sigstore.ts';

const test = suite('cosign attest');
let sigstore: Sigstore;
let registry: Registry;
test.before(async () => {
  sigstore = await startSigstore();
  registry = await startRegistry();
});
test.after(async () => {
  await sigstore.stop();
  await registry.stop();
});

const PREDICATE = { type: 'https://proviso.test/check/v1', predicate: { passed: true } };
const tokenSigner = async () =>
  ({ kind: 'token', token: await sigstore.token({ kind: 'email', email: 'dev@proviso.test' }) }) as const;

/** What an annotation is called for short. */
const ANNOTATION = 'dev.sigstore.cosign/';

for (const version of ['v2', 'v3'] as const) {
  test(`${version}, legacy: the envelope is a layer, and all that verifies it stands in the annotations`, async () => {
    const image = await registry.pushImage('shop/app', JSON.stringify({ version }));
    const signing = {
      signer: await tokenSigner(),
      sigstore,
      log: 'rekor-v1',
      timestamp: true,
      form: 'legacy',
    } as const;
    await cosign(version).attestImage({ image, ...PREDICATE, ...signing });
    const [layer, ...more] = await registry.attestations(image);
    assert.is(more.length, 0);
    assert.is(layer?.mediaType, 'application/vnd.dsse.envelope.v1+json');
    const envelope = JSON.parse(layer?.content ?? '') as { payload: string };
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as { subject: unknown };
    const subject = { name: image.repository, digest: { sha256: image.digest.replace('sha256:', '') } };
    assert.equal(statement.subject, [subject]);
    const annotation = (name: string): string => layer?.annotations[`${ANNOTATION}${name}`] ?? '';
    assert.is(new X509Certificate(annotation('certificate')).subjectAltName, 'email:dev@proviso.test');
    // cosign v3 leaves the intermediate out.
    assert.is(annotation('chain').split('BEGIN CERTIFICATE').length - 1, version === 'v2' ? 2 : 0);
    assert.equal(Object.keys(JSON.parse(annotation('bundle')) as object), ['SignedEntryTimestamp', 'Payload']);
    assert.equal(Object.keys(JSON.parse(annotation('rfc3161timestamp')) as object), ['SignedRFC3161Timestamp']);
  });

  test(`${version}: a bundle is the one layer of a referrer`, async () => {
    const image = await registry.pushImage('shop/app', JSON.stringify({ version, form: 'bundle' }));
    const key = await cosign(version).generateKeyPair();
    await cosign(version).attestImage({ image, ...PREDICATE, signer: { kind: 'key', key } });
    const layers = await registry.referrers(image);
    const mediaTypes = layers.map(({ content }) => (JSON.parse(content) as { mediaType: string }).mediaType);
    assert.equal(mediaTypes, ['application/vnd.dev.sigstore.bundle.v0.3+json']);
    assert.is(layers[0]?.mediaType, mediaTypes[0]);
  });
}

test.run();
