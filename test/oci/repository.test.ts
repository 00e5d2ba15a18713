import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../src/evidence/digest.ts';
import { isNotFound, RegistryError } from '../../src/oci/error.ts';
import { openRepository, type Repository } from '../../src/oci/repository.ts';
import { type Registry, startRegistry } from '../tools/registry.ts';
import { guardRegistry } from './guarded-registry.ts';

const test = suite('oci repository');
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
let registry: Registry;
let repository: Repository;
test.before(async () => {
  registry = await startRegistry();
  repository = openRepository({ host: registry.host, name: 'shop/app' });
});
test.after(async () => {
  repository.close();
  await registry.stop();
});

const blobOf = (text: string) => {
  const bytes = Buffer.from(text);
  return { digest: sha256Digest(bytes), size: bytes.length, body: bytes };
};

async function pushImage(layer: string, more: object = {}) {
  const config = blobOf('{}');
  const blob = blobOf(layer);
  await repository.pushBlob(config);
  await repository.pushBlob(blob);
  const described = ({ digest, size }: typeof blob, mediaType: string) => ({ mediaType, digest, size });
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described(config, 'application/vnd.oci.empty.v1+json'),
    layers: [described(blob, 'application/octet-stream')],
    ...more,
  };
  return { mediaType: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)) };
}

const refusal = async (work: Promise<unknown>): Promise<RegistryError> => {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof RegistryError) return outcome;
  throw new Error(`a refusal was expected, not ${String(outcome)}`);
};

test('what is pushed under a tag is pulled by the tag and by its digest', async () => {
  const pushed = await pushImage('one');
  const digest = await repository.pushManifest({ ...pushed, tag: '1.2' });
  for (const reference of ['1.2', digest]) {
    const { bytes, ...facts } = await repository.manifest(reference);
    assert.equal(facts, { mediaType: MANIFEST, digest });
    assert.ok(bytes.equals(pushed.bytes));
  }
});

test('a blob is streamed in and out, whole or in part', async () => {
  const text = 'layer'.repeat(100_000);
  const { body, ...blob } = blobOf(text);
  assert.is(await repository.statBlob(blob.digest), undefined);
  await repository.pushBlob({ ...blob, body: () => Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]) });
  assert.is(await repository.statBlob(blob.digest), text.length);
  const { size, stream } = await repository.blob(blob.digest);
  assert.is(size, text.length);
  assert.is(Buffer.concat(await stream.toArray()).toString(), text);
});

test('a registry that gives no ranges is not believed to', async () => {
  const blob = blobOf('0123456789');
  await repository.pushBlob(blob);
  const outcome = await repository.blob(blob.digest, { start: 2, end: 4 }).then(
    async ({ stream }) => Buffer.concat(await stream.toArray()).toString(),
    (error: unknown) => (error as RegistryError).message,
  );
  assert.match(outcome, /^234$|gives no ranges$/);
});

test('what is not there is told apart from what fails', async () => {
  const digest = sha256Digest('nothing');
  assert.ok(isNotFound(await refusal(repository.manifest('nope'))));
  assert.ok(isNotFound(await refusal(repository.blob(digest))));
  const wrong = await refusal(repository.pushBlob({ ...blobOf('one'), digest }));
  assert.is(wrong.status, 400);
  const nowhere = openRepository({ host: '127.0.0.1:1', name: 'app' });
  const unreachable = await refusal(nowhere.manifest('1'));
  nowhere.close();
  assert.is(unreachable.status, undefined);
  assert.match(unreachable.message, /^GET http:\/\/127\.0\.0\.1:1\/v2\/app\/manifests\/1: .*ECONNREFUSED/);
});

test('what refers to an image is listed with its type', async () => {
  const image = await pushImage('subject');
  const digest = await repository.pushManifest(image);
  assert.equal(await repository.referrers(digest), []);
  const artifactType = 'application/vnd.example.note';
  const subject = { mediaType: MANIFEST, digest, size: image.bytes.length };
  const note = await repository.pushManifest(await pushImage('note', { artifactType, subject }));
  const [found, ...more] = await repository.referrers(digest);
  assert.is(more.length, 0);
  assert.is(found?.digest, note);
});

test('where there is no referrers API, the tag in its place is read', async () => {
  const image = await pushImage('subject of another');
  const digest = await repository.pushManifest(image);
  const note = await pushImage('another note');
  const descriptor = {
    mediaType: MANIFEST,
    digest: await repository.pushManifest(note),
    size: note.bytes.length,
    artifactType: 'a/b',
    annotations: {},
  };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [descriptor] }));
  const old = await guardRegistry(registry.host, ({ path }, response) => {
    if (!path.includes('/referrers/')) return false;
    response.writeHead(404).end();
    return true;
  });
  const there = openRepository({ host: old.host, name: 'shop/app' });
  try {
    assert.equal(await there.referrers(digest), []);
    await repository.pushManifest({ mediaType, bytes, tag: digest.replace(':', '-') });
    assert.equal(await there.referrers(digest), [descriptor]);
  } finally {
    there.close();
    await old.close();
  }
});

test.run();
