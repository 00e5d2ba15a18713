import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { imageReference } from '../../../src/cli/material/image.ts';
import { openRepository } from '../../../src/oci/repository.ts';
import { type Guard, guardRegistry } from '../../oci/guarded-registry.ts';
import { type Image, type Registry, startRegistry } from '../../tools/registry.ts';

const test = suite('cli images');
let registry: Registry;
let image: Image;
test.before(async () => {
  registry = await startRegistry();
  image = await registry.pushImage('shop/app', '{}');
  const repository = openRepository({ host: registry.host, name: 'shop/app' });
  const manifest = await repository.manifest(image.digest);
  await repository.pushManifest({ ...manifest, tag: '1.2' });
  await repository.pushManifest({ ...manifest, tag: 'latest' });
  await repository.pushManifest({ mediaType: 'text/plain', bytes: Buffer.from('{}'), tag: 'odd' });
  repository.close();
});
test.after(() => registry.stop());

const access = { credentials: () => Promise.resolve(undefined), plainHttp: false, onNote: () => {} };
const refusalOf = async (value: string): Promise<Problem> => {
  const outcome = await imageReference(value, false, access).catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`a problem was expected, not ${String(outcome)}`);
};

test('a tag becomes the digest that it names now', async () => {
  const pinned = `${image.repository}:1.2@${image.digest}`;
  assert.is(await imageReference(`${image.repository}:1.2`, false, access), pinned);
  assert.is(await imageReference(image.repository, false, access), `${image.repository}:latest@${image.digest}`);
  const elsewhere = `nowhere.invalid/app:1@${image.digest}`;
  assert.is(await imageReference(elsewhere, false, access), elsewhere, 'a digest is asked of nobody');
});

test('what is not there, or no image, is told as that', async () => {
  const absent = await refusalOf(`${image.repository}:9`);
  assert.is(absent.code, 'registry-not-found');
  assert.match(absent.message, /\/v2\/shop\/app\/manifests\/9 answered 404: MANIFEST_UNKNOWN/);
  assert.is((await refusalOf(`${image.repository}:odd`)).code, 'material-invalid');
  assert.is((await refusalOf('127.0.0.1:1/app:1')).code, 'registry-unavailable');
});

test('a registry that says another digest than its bytes have is not believed, nor one that wants a login', async () => {
  const through = async (guard: Guard): Promise<Problem> => {
    const { host, close } = await guardRegistry(registry.host, guard);
    try {
      return await refusalOf(`${host}/shop/app:1.2`);
    } finally {
      await close();
    }
  };
  const lying = await through((_, response) => {
    response.writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end('{}');
    return true;
  });
  assert.is(lying.code, 'registry-unavailable');
  assert.match(lying.message, /has the digest sha256:44136fa3.*, and sha256:0{64} was expected/);
  const closed = await through((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    return true;
  });
  assert.is(closed.code, 'registry-unavailable');
  assert.match(closed.hint ?? '', /docker login 127\.0\.0\.1:/);
});

test.run();
