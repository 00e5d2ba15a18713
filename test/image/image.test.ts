// deadline: 240
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { facts } from '../materials/inspect.ts';
import { type Buildah, onlyPrograms, openBuildah, ROOT, whyNoImages } from './buildah.ts';
import { makeBase, makeModules, makeOpa } from './stand-ins.ts';

const test = suite('image');
const exec = promisify(execFile);
const IMAGE = 'localhost/proviso:test';
let folder: string;
let buildah: Buildah;
let container: string;
/** The container's root, as the host sees it. */
let root: string;

const buildImage = (path: string, flags: readonly string[] = []) =>
  exec(process.execPath, ['scripts/image.ts', ...flags], {
    cwd: ROOT,
    env: { ...(buildah?.env ?? process.env), PATH: path, IMAGE },
    maxBuffer: 64 << 20,
  });

const why = await whyNoImages();
if (why !== undefined) console.log(`SKIPPED: no image can be built here, so what is in it isn't tested: ${why}`);
/** The runner takes a skipped test for a failure; what isn't tested is said. */
const built: typeof test | (() => void) = why === undefined ? test : () => {};

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-image-'));
  if (why !== undefined) return;
  buildah = await openBuildah(join(folder, 'buildah'));
  const args: string[] = [];
  for (const [arg, name, make] of [
    ['BASE_IMAGE', 'base', makeBase],
    ['MODULES', 'modules', makeModules],
    ['OPA', 'opa', makeOpa],
  ] as const) {
    await make(join(folder, name));
    await buildah.pack(`localhost/${name}`, join(folder, name));
    args.push('--build-arg', `${arg}=localhost/${name}`);
  }
  await buildImage(await onlyPrograms(join(folder, 'bin'), ['buildah', 'git']), [
    ...args,
    ...['--pull-never', '--volume', `${join(ROOT, 'node_modules')}:/src/node_modules:ro`],
  ]);
  container = (await buildah.run('from', '--pull-never', IMAGE)).trim();
  root = (await buildah.run('mount', container)).trim();
});
test.after(async () => {
  await buildah?.run('rm', '--all').catch(() => {});
  await rm(folder, { recursive: true, force: true });
});

interface Config {
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
}
const configOf = async (): Promise<Config['config']> =>
  (JSON.parse(await buildah.run('inspect', '--type', 'image', IMAGE)) as { readonly Docker: Config }).Docker.config;

/** In a mount namespace of its own: the image's root read-only, a /tmp to write, as the image's user, who has no capabilities. */
async function readOnly(args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { User, Entrypoint } = await configOf();
  const script = `set -e
    mount --bind "$ROOTFS" "$ROOTFS"; mount -o remount,bind,ro "$ROOTFS"; mount -t tmpfs -o mode=1777 tmpfs "$ROOTFS/tmp"
    mkdir "$ROOTFS/tmp/repo"; mount --bind "$REPO" "$ROOTFS/tmp/repo"
    exec setpriv --no-new-privs chroot --userspec="$USERSPEC" "$ROOTFS" "$@"`;
  return exec('unshare', ['--mount', 'sh', '-c', script, 'sh', ...Entrypoint, ...args], {
    env: { PATH: process.env.PATH, ROOTFS: root, REPO: ROOT, USERSPEC: User },
  });
}

built('operator and receiver start in it', async () => {
  const { Entrypoint } = await configOf();
  const start = (...args: readonly string[]) =>
    buildah.run('run', '--isolation', 'chroot', container, '--', ...Entrypoint, ...args);
  assert.match(await start('operator', '--help'), /Usage: proviso operator/);
  assert.match(await start('receiver', '--help'), /Usage: proviso receiver/);
  assert.match(await start('--help'), /Usage: proviso \[options\]/);
});

built('with a read-only root and as 65532 it judges by policies, in CEL and in Rego', async () => {
  for (const policy of ['two-party-review', 'sbom-freshness']) {
    const { stdout } = await readOnly(['policy', 'test', `/tmp/repo/config/policies/tests/${policy}.test.yaml`]);
    assert.match(stdout, /\b[1-9]\d* passed/, policy);
  }
});

built('its user is neither root nor able to change anything in it', async () => {
  const { User } = await configOf();
  assert.is(User, '65532:65532');
  const { stdout } = await exec('find', [
    root,
    '-xdev',
    '(',
    '-perm',
    '/022',
    '-o',
    '-uid',
    '65532',
    ')',
    '!',
    '-type',
    'l',
  ]);
  assert.equal(stdout.trim().split('\n'), [join(root, 'tmp')]);
});

built('it has no shell, and of ours nothing but what runs', async () => {
  const names = await readdir(root, { recursive: true });
  assert.equal(
    names.filter((name) => /(?:^|\/)(?:sh|bash|dash|busybox|npm|go)$|\.ts$|\.map$|node_modules/.test(name)),
    [],
  );
  assert.equal((await readdir(join(root, 'usr/local/bin'))).toSorted(), ['node', 'opa']);
});

built('its labels say what it is and of which commit', async () => {
  const { Labels } = await configOf();
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const head = (await exec('git', ['rev-parse', 'HEAD'], { cwd: ROOT })).stdout.trim();
  const of = (name: string): string | undefined => Labels[`org.opencontainers.image.${name}`];
  assert.equal([of('title'), of('version'), of('revision')], ['Proviso', version, head]);
  assert.equal([of('licenses'), of('base.name')], ['Apache-2.0', 'localhost/base']);
});

built('its SBOM is valid, and has the dependencies, Node, OPA and what OPA is made of', async () => {
  const path = join(root, 'app/sbom.cdx.json');
  const text = await readFile(path, 'utf8');
  // Throws with what its schema objects to.
  assert.ok(facts('SBOM_CYCLONEDX_JSON', text));
  const { components } = JSON.parse(text) as { components: readonly { purl: string }[] };
  const purls = components.map(({ purl }) => purl);
  const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const [name, version] of Object.entries(dependencies))
    assert.ok(purls.includes(`pkg:npm/${name.replace('@', '%40')}@${version}`), name);
  assert.ok(purls.includes(`pkg:npm/node-linux-${process.arch}@${process.versions.node}`));
  const goMod = await readFile(join(ROOT, 'test/tools/opa/go.mod'), 'utf8');
  const [, opa] = /open-policy-agent\/opa (\S+)/.exec(goMod) ?? [];
  assert.ok(purls.includes(`pkg:golang/github.com/open-policy-agent/opa@${opa}`));
  assert.ok(purls.filter((purl) => purl.startsWith('pkg:golang/')).length > 50);
  assert.not(purls.some((purl) => purl.includes('esbuild')));
});

built('what it adds to its base is not large', async () => {
  const sizes = new Map<string, number>();
  for (const part of ['app', 'usr/local/bin']) {
    for (const entry of await readdir(join(root, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const { size } = await stat(join(entry.parentPath, entry.name));
      const key = part === 'app' ? part : entry.name;
      sizes.set(key, (sizes.get(key) ?? 0) + size / 1e6);
    }
  }
  console.log(`» in the image: ${[...sizes].map(([name, size]) => `${name} ${size.toFixed(1)} MB`).join(', ')}`);
  assert.ok((sizes.get('app') ?? Number.POSITIVE_INFINITY) < 30);
});

test('where nothing can build an image, it is said what to install', async () => {
  const outcome = await buildImage(await onlyPrograms(join(folder, 'empty'), ['git'])).catch((error: unknown) => error);
  assert.match((outcome as { stderr: string }).stderr, /none of docker, podman, buildah works here\.\nInstall one/);
});

test.run();
