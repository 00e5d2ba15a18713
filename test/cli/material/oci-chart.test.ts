import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { prepareUpload } from '../../../src/cli/material/prepare.ts';
import { sha256Digest } from '../../../src/evidence/digest.ts';
import { openRepository, type Repository } from '../../../src/oci/repository.ts';
import { runCommand } from '../../controlplane/command.ts';
import { type Guard, guardRegistry } from '../../oci/guarded-registry.ts';
import { type Registry, startRegistry } from '../../tools/registry.ts';
import { tool } from '../../tools/tool.ts';

const test = suite('cli charts');
const SAMPLE = new URL('../../materials/samples/helm-chart.tgz', import.meta.url);
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const PROVENANCE = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
let registry: Registry;
let repository: Repository;
let chart: Buffer;
test.before(async () => {
  chart = await readFile(SAMPLE);
  registry = await startRegistry();
  repository = openRepository({ host: registry.host, name: 'charts/app' });
});
test.after(async () => {
  repository.close();
  await registry.stop();
});

/** Pushes what `helm push` does: a configuration, the chart, and what else is wanted. */
async function push(
  tag: string,
  layers: readonly (readonly [string, Uint8Array])[],
  configType = CONFIG,
  size?: number,
) {
  const describe = async ([mediaType, bytes]: readonly [string, Uint8Array]) => {
    const digest = sha256Digest(bytes);
    await repository.pushBlob({ digest, size: bytes.length, body: bytes });
    return { mediaType, digest, size: size ?? bytes.length };
  };
  const config = await describe([configType, Buffer.from('{"name":"app","version":"1.2.3"}')]);
  const described = await Promise.all(layers.map(describe));
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers: described };
  return repository.pushManifest({ mediaType: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)), tag });
}

const access = { credentials: () => Promise.resolve(undefined), plainHttp: false, onNote: () => {} };
const prepare = (reference: string, host = registry.host) =>
  prepareUpload(
    { name: 'chart', value: `oci://${host}/${reference}`, type: 'HELM_CHART', annotations: {}, replace: false },
    undefined,
    access,
  );
const refusalOf = async (work: Promise<unknown>): Promise<Problem> => {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`a problem was expected, not ${String(outcome)}`);
};

test('what helm itself has packaged and pushed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-helm-'));
  const helm = async (...args: readonly string[]): Promise<void> => {
    const env = { HOME: dir, PATH: process.env.PATH ?? '' };
    const { code, stdout, stderr } = await runCommand(await tool('helm'), args, { cwd: dir, env });
    assert.is(code, 0, `helm ${args.join(' ')}\n${stdout}${stderr}`);
  };
  try {
    await helm('create', 'shop');
    await helm('package', 'shop', '--version', '1.2.3-rc.1+build.7');
    const packed = 'shop-1.2.3-rc.1+build.7.tgz';
    await helm('push', packed, `oci://${registry.host}/charts`, '--plain-http');
    const upload = await prepare('charts/shop:1.2.3-rc.1+build.7');
    assert.is(upload.filename, packed);
    assert.ok((await readFile(join(dir, packed))).equals(upload.body as Buffer));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a chart in a registry is handed in as the .tgz that it is', async () => {
  const digest = await push('1.2.3_build', [
    [PROVENANCE, Buffer.from('signed')],
    [CHART, chart],
  ]);
  for (const [reference, filename] of [
    ['charts/app:1.2.3+build', 'app-1.2.3+build.tgz'],
    [`charts/app@${digest}`, 'app.tgz'],
  ] as const) {
    const upload = await prepare(reference);
    assert.is(upload.form, 'bytes');
    assert.is(upload.filename, filename);
    assert.ok(chart.equals(upload.body as Buffer));
    assert.is(`sha256:${Buffer.from(upload.sha256).toString('hex')}`, sha256Digest(chart));
  }
});

test('what is no chart is told', async () => {
  await push('image', [[CHART, chart]], 'application/vnd.oci.image.config.v1+json');
  await push('none', [[PROVENANCE, Buffer.from('signed')]]);
  await push('two', [
    [CHART, chart],
    [CHART, Buffer.from('other')],
  ]);
  await push('broken', [[CHART, Buffer.from('not a tgz')]]);
  await push('short', [[CHART, chart]], CONFIG, 10);
  await push('huge', [[CHART, chart]], CONFIG, (64 << 20) + 1);
  const expected = {
    'charts/app': /names no version and no digest/,
    'charts/app:image': /the media type 'application\/vnd\.oci\.image\.config/,
    'charts/app:none': /has 0 layers of .*, not one/,
    'charts/app:two': /has 2 layers of .*, not one/,
    'charts/app:broken': /a chart is the \.tgz/,
    'Charts/app:1': /is not a repository name/,
  };
  for (const [reference, message] of Object.entries(expected)) {
    const refusal = await refusalOf(prepare(reference));
    assert.is(refusal.code, 'material-invalid', reference);
    assert.match(refusal.message, message);
  }
  assert.is((await refusalOf(prepare('charts/app:0.0.1'))).code, 'registry-not-found');
  for (const [reference, message] of [
    ['charts/app:short', /is larger than the 10 bytes of its descriptor/],
    ['charts/app:huge', /at most 67108864 are taken/],
  ] as const) {
    const refusal = await refusalOf(prepare(reference));
    assert.is(refusal.code, 'registry-unavailable', reference);
    assert.match(refusal.message, message);
  }
});

test('a layer that is not the one of the manifest is refused', async () => {
  await push('1.0.0', [[CHART, chart]]);
  const swapped: Guard = ({ path }, response) => {
    if (!path.includes(`/blobs/${sha256Digest(chart)}`)) return false;
    response.end(Buffer.concat([chart.subarray(0, -1), Buffer.from('x')]));
    return true;
  };
  const { host, close } = await guardRegistry(registry.host, swapped);
  const refusal = await refusalOf(prepare('charts/app:1.0.0', host));
  await close();
  assert.is(refusal.code, 'digest-mismatch');
});

test.run();
