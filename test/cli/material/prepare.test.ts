import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractMaterialMessage, ContractMessage } from '../../../src/api/contract-messages.ts';
import { Problem } from '../../../src/api/problem.ts';
import type { Upload } from '../../../src/cli/client/receiver.ts';
import { prepareUpload } from '../../../src/cli/material/prepare.ts';

const test = suite('cli materials');
let dir: string;
const asked = (name: string, type: string, annotation?: string): ContractMaterialMessage => ({
  name,
  type,
  optional: false,
  output: false,
  skipUpload: false,
  annotations: annotation === undefined ? [] : [{ name: annotation }],
});
const contract: ContractMessage = {
  name: 'release',
  revision: 1,
  revisionName: 'release-1',
  materials: [
    asked('image', 'CONTAINER_IMAGE'),
    asked('sbom', 'SBOM_CYCLONEDX_JSON'),
    asked('note', 'STRING'),
    asked('tests', 'JUNIT_XML', 'suite'),
    asked('package', 'ARTIFACT'),
  ],
  envAllowList: [],
  annotations: [],
  signers: [],
  enforcement: 'Enforce',
};
const access = {
  credentials: () => Promise.reject(new Error('nobody asks for a login')),
  plainHttp: false,
  onNote: () => {},
};
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const prepare = (name: string, value: string, more: object = {}): Promise<Upload> =>
  prepareUpload({ name, value, annotations: {}, replace: false, ...more }, contract, access);
const refusalOf = async (work: Promise<unknown>): Promise<Problem> => {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`a problem was expected, not ${String(outcome)}`);
};
async function bytesOf({ body }: Upload): Promise<string> {
  if (typeof body !== 'function') return Buffer.from(body).toString();
  return Buffer.concat(await (body() as Readable).toArray()).toString();
}

test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-material-'));
});
test.after.each(() => rm(dir, { recursive: true, force: true }));

test('a file is sent under its own name, as the type of the contract, with the digest of its bytes', async () => {
  const path = join(dir, 'app.tgz');
  await writeFile(path, 'a package');
  const upload = await prepare('package', path);
  assert.is(upload.type, 'ARTIFACT');
  assert.is(upload.filename, 'app.tgz');
  assert.is(upload.size, 9);
  assert.is(Buffer.from(upload.sha256).toString('hex'), sha256('a package'));
  assert.is(await bytesOf(upload), 'a package');
  assert.is(await bytesOf(upload), 'a package', 'a second try reads it again');
});

test('a file that changes after it was hashed is never sent as if it had not', async () => {
  const path = join(dir, 'app.tgz');
  await writeFile(path, 'a package');
  const upload = await prepare('package', path);
  await appendFile(path, ' and more');
  assert.is(await bytesOf(upload), 'a package');
  await truncate(path, 3);
  assert.match((await refusalOf(bytesOf(upload))).message, /got shorter while it was read/);
});

test('a text is a text even where a file has its name', async () => {
  await writeFile(join(dir, 'note'), 'not this');
  const upload = await prepare('note', join(dir, 'note'));
  assert.is(await bytesOf(upload), join(dir, 'note'));
  assert.is(upload.form, 'bytes');
});

test('an image is a reference by digest', async () => {
  const reference = `registry.example/shop/web:1@sha256:${'ab'.repeat(32)}`;
  const upload = await prepare('image', reference);
  assert.is(upload.form, 'reference');
  assert.is(await bytesOf(upload), reference);
  for (const name of ['Upper', `web@sha256:${'A'.repeat(64)}`, 'http://registry.example/web:1', '-x.io/web:1']) {
    const refusal = await refusalOf(prepare('image', name));
    assert.is(refusal.code, 'material-invalid');
    assert.match(refusal.hint ?? '', /REGISTRY\/NAME:TAG or REGISTRY\/NAME@sha256/);
  }
});

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
  layers: [],
});
async function layout(manifests: readonly object[], blob = MANIFEST): Promise<string> {
  const path = join(dir, 'image');
  await mkdir(join(path, 'blobs/sha256'), { recursive: true });
  await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(path, 'blobs/sha256', sha256(MANIFEST)), blob);
  return path;
}
const descriptor = { digest: `sha256:${sha256(MANIFEST)}`, size: MANIFEST.length };

test('an OCI layout is its manifest, byte for byte', async () => {
  const upload = await prepare('image', await layout([descriptor]));
  assert.is(upload.form, 'bytes');
  assert.is(await bytesOf(upload), MANIFEST);
});

test('one image under several tags is one image', async () => {
  const tags = ['1', 'latest'].map((tag) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': tag },
  }));
  assert.is(await bytesOf(await prepare('image', await layout(tags))), MANIFEST);
});

test('what can not be read, or not twice, is told as what it is', async () => {
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const refusal = await refusalOf(prepare('web', pipe));
  assert.is(refusal.code, 'usage');
  assert.match(refusal.message, /is a pipe, and a material is read twice/);
  // A file that opens and does not read.
  if (existsSync('/proc/self/mem')) {
    assert.match((await refusalOf(prepare('web', '/proc/self/mem'))).message, /'\/proc\/self\/mem' can't be read: EIO/);
  }
});

test('a layout that does not say one thing is refused', async () => {
  assert.match((await refusalOf(prepare('image', await layout([])))).message, /names 0 images/);
  assert.match(
    (
      await refusalOf(
        prepare('image', await layout([descriptor, { ...descriptor, digest: `sha256:${'2'.repeat(64)}` }])),
      )
    ).message,
    /names 2 images/,
  );
  const damaged = layout([descriptor], MANIFEST.replace('"size":2', '"size":3'));
  assert.match((await refusalOf(prepare('image', await damaged))).message, /the layout is damaged/);
  const climbing = layout([{ digest: 'sha256:../../../../etc/passwd' }]);
  assert.match((await refusalOf(prepare('image', await climbing))).message, /and sha256:… was expected/);
});

test('what the receiver would refuse is told before it is sent', async () => {
  const path = join(dir, 'file.json');
  await writeFile(path, '{"bomFormat":"CycloneDX","bomFormat":"other"}');
  const twice = await refusalOf(prepare('sbom', path));
  assert.is(twice.code, 'material-invalid');
  assert.ok(twice.errors.length > 0);
  assert.is((await refusalOf(prepare('sbom', path, { type: 'SARIF' }))).code, 'material-type-mismatch');
  assert.is((await refusalOf(prepare('own', path, { type: 'NOPE' }))).code, 'usage');
  assert.match((await refusalOf(prepare('tests', path))).errors[0]?.message ?? '', /--annotation suite=VALUE/);
  assert.match((await refusalOf(prepare('file.json', 'sbom'))).hint ?? '', /NAME comes first.*image, sbom/);
  assert.is((await refusalOf(prepare('note', ''))).code, 'material-empty');
  await writeFile(path, '');
  assert.is((await refusalOf(prepare('package', path))).code, 'material-empty');
  assert.match((await refusalOf(prepare('package', dir))).hint ?? '', /tar czf/);
});

test('a material that the contract does not name is what is said, or what it looks like', async () => {
  const path = join(dir, 'x');
  await writeFile(path, 'x');
  assert.is((await prepare('own', path, { type: 'EVIDENCE' })).type, 'EVIDENCE');
  assert.is((await prepare('own', path)).type, 'ARTIFACT');
  await writeFile(path, '{"bomFormat":"CycloneDX","specVersion":"1.6"}');
  assert.is((await prepare('own', path)).type, 'SBOM_CYCLONEDX_JSON');
  assert.is((await prepare('own', await layout([descriptor]))).type, 'CONTAINER_IMAGE');
  const image = await prepare('own', `registry.example.com/shop/web@sha256:${'ab'.repeat(32)}`);
  assert.equal([image.type, image.form], ['CONTAINER_IMAGE', 'reference']);
  // No registry is asked for a word that may be a slip.
  assert.match((await refusalOf(prepare('own', 'registry.example.com/shop/web:1.2'))).message, /there is no such file/);
});

test.run();
