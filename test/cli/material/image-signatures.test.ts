// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { imageReference } from '../../../src/cli/material/image.ts';
import { sha256Digest } from '../../../src/evidence/digest.ts';
import { readSignedReference } from '../../../src/materials/signed-reference.ts';
import { openRepository } from '../../../src/oci/repository.ts';
import { facts } from '../../materials/inspect.ts';
import { guardRegistry } from '../../oci/guarded-registry.ts';
import { type CosignKey, cosign } from '../../tools/cosign.ts';
import { type Image, type Registry, startRegistry } from '../../tools/registry.ts';

const test = suite('cli signatures of images');
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const notes: string[] = [];
let registry: Registry;
let key: CosignKey;
test.before(async () => {
  registry = await startRegistry();
  key = await cosign('v3').generateKeyPair();
});
test.before.each(() => {
  notes.length = 0;
});
test.after(() => registry?.stop());

const access = {
  credentials: () => Promise.resolve(undefined),
  plainHttp: false,
  onNote: (text: string) => void notes.push(text),
};
const pushed = (about: string): Promise<Image> => registry.pushImage('shop/app', JSON.stringify({ about }));
const named = ({ repository, digest }: Image): string => `${repository}@${digest}`;

/** What a material of it would say of signatures, without the manifest. */
function said(text: string): readonly (string | undefined)[] {
  const { annotations } = facts('CONTAINER_IMAGE', text, true);
  const digest = annotations['chainloop.material.signature.digest'];
  const manifest = annotations['chainloop.material.signature'];
  if (manifest !== undefined) assert.is(sha256Digest(Buffer.from(manifest, 'base64')), digest);
  return [annotations['chainloop.material.signature.provider'], digest];
}

/** Attaches what isn't made by cosign. */
async function attach(image: Image, layer: readonly [string, string], more: object): Promise<string> {
  const repository = openRepository({ host: registry.host, name: 'shop/app' });
  const describe = async (mediaType: string, text: string) => {
    const body = Buffer.from(text);
    const digest = sha256Digest(body);
    await repository.pushBlob({ digest, size: body.length, body });
    return { mediaType, digest, size: body.length };
  };
  const subject = { mediaType: MANIFEST, digest: image.digest, size: 2 };
  const config = await describe('application/vnd.oci.empty.v1+json', '{}');
  const layers = [await describe(...layer)];
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers, subject, ...more };
  const digest = await repository.pushManifest({ mediaType: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)) });
  repository.close();
  return digest;
}

for (const version of ['v2', 'v3'] as const) {
  for (const form of ['bundle', 'legacy'] as const) {
    test(`cosign ${version}, ${form}: the signature is found, and nothing else that cosign attached`, async () => {
      const image = await pushed(`${version} ${form}`);
      const predicate = { type: 'https://proviso.test/check/v1', predicate: {} };
      const signer = { kind: 'key', key } as const;
      await cosign(version).attestImage({ image, ...predicate, signer, form });
      const unsigned = await imageReference(named(image), true, access);
      assert.is(unsigned, named(image), 'an attestation is no signature');
      await cosign(version).signImage({ image, signer, form });
      const text = await imageReference(named(image), true, access);
      const reading = readSignedReference(Buffer.from(text));
      assert.ok(reading.ok);
      assert.is(reading.reference, named(image));
      assert.is(reading.signatures.length, 1);
      assert.equal(said(text), ['cosign', reading.signatures[0]?.digest]);
    });
  }
}

test('a signature of Notary is there, and is nothing to verify', async () => {
  const image = await pushed('notary');
  const more = { artifactType: 'application/vnd.cncf.notary.signature' };
  const digest = await attach(image, ['application/jose+json', '{"payload":""}'], more);
  const text = await imageReference(named(image), true, access);
  assert.equal(said(text), ['notary', digest]);
  const reading = readSignedReference(Buffer.from(text));
  assert.equal(reading.ok && reading.signatures.map(({ documents }) => documents.length), [0]);
  // What refers to another image says nothing of this one.
  assert.equal(said(text.replace(image.digest, `sha256:${'0'.repeat(64)}`)), [undefined, undefined]);
});

test('what anybody can attach keeps nobody from what is there', async () => {
  const image = await pushed('junk');
  const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  for (const junk of ['{', '[]', '{"dsseEnvelope":{"payload":"e30"}}', '{"messageSignature":{}}']) {
    await attach(image, [BUNDLE, junk], { artifactType: BUNDLE });
  }
  await attach(image, ['application/vnd.dev.cosign.simplesigning.v1+json', 'x'.repeat((1 << 20) + 1)], {});
  await attach(image, ['text/plain', 'hello'], {});
  await cosign('v3').signImage({ image, signer: { kind: 'key', key } });
  const reading = readSignedReference(Buffer.from(await imageReference(named(image), true, access)));
  assert.is(reading.ok && reading.signatures.length, 1);
});

test('a registry that does not tell of signatures ends it only where the contract asks for them', async () => {
  const image = await pushed('closed');
  const { host, close } = await guardRegistry(registry.host, ({ path }, response) => {
    if (!path.includes('.sig') && !path.includes('/referrers/')) return false;
    response.writeHead(500).end();
    return true;
  });
  const repository = openRepository({ host: registry.host, name: 'shop/app' });
  await repository.pushManifest({ ...(await repository.manifest(image.digest)), tag: 'closed' });
  repository.close();
  const reference = `${host}/shop/app:closed@${image.digest}`;
  assert.is(await imageReference(`${host}/shop/app:closed`, false, access), reference);
  assert.match(notes.join(), /whether the image is signed is not told: .* answered 500/);
  const refusal = await imageReference(reference, true, access).catch((error: Error) => error.message);
  assert.match(refusal, /answered 500/);
  await close();
});

test('bytes that are not those of their manifest are refused, and so is what is no such document', async () => {
  const image = await pushed('altered');
  await cosign('v2').signImage({ image, signer: { kind: 'key', key }, form: 'legacy' });
  const text = await imageReference(named(image), true, access);
  const document = JSON.parse(text) as { signatures: { manifest: string; layers: string[] }[] };
  const [signature] = document.signatures;
  const refused = (signatures: unknown): string => {
    const reading = readSignedReference(Buffer.from(JSON.stringify({ ...document, signatures })));
    return reading.ok ? 'it was read' : `${reading.finding.at}: ${reading.finding.message}`;
  };
  assert.match(
    refused([{ ...signature, layers: ['e30'] }]),
    /^\/signatures\/0\/layers\/0: must be the bytes of sha256:/,
  );
  assert.match(refused([{ ...signature, layers: [] }]), /^\/signatures\/0\/layers: must be the 1 layers/);
  assert.match(refused([{ ...signature, manifest: '!' }]), /^\/signatures\/0\/manifest: must be a manifest in base64/);
  assert.match(refused([null]), /^\/signatures\/0\/manifest/);
  assert.match(refused(Array(101).fill(signature)), /at most 100/);
  assert.match(refused([signature]), /it was read/);
  assert.not(readSignedReference(Buffer.from('{"signatures":[]}')).ok);
});

test.run();
