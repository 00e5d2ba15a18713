import { readFile, stat } from 'node:fs/promises';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('config/krew');
const ROOT = new URL('../../', import.meta.url);

interface Platform {
  readonly selector: { readonly matchLabels: { readonly os: string; readonly arch: string } };
  readonly uri: string;
  readonly sha256: string;
  readonly bin: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
}
interface Plugin {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly caveats: string;
    readonly homepage: string;
    readonly platforms: readonly Platform[];
  };
}
let plugin: Plugin;

test.before(async () => {
  plugin = load(await readFile(new URL('config/krew/proviso.yaml', ROOT), 'utf8')) as Plugin;
});

// As krew's `validate-krew-manifest` and its naming guide have them.
test('the manifest keeps the rules of krew', () => {
  const { apiVersion, kind, metadata, spec } = plugin;
  assert.equal(
    [apiVersion, kind, metadata.name],
    ['krew.googlecontainertools.github.com/v1alpha2', 'Plugin', 'proviso'],
  );
  assert.match(spec.version, /^v\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  assert.ok(spec.shortDescription.length <= 50 && !/[\r\n]|\.$/.test(spec.shortDescription));
  assert.match(spec.homepage, /^https:\/\//);
  for (const line of spec.description.split('\n')) assert.ok(line.length <= 80, line);
  const places = spec.platforms.map(({ selector: { matchLabels } }) => `${matchLabels.os}/${matchLabels.arch}`);
  assert.is(new Set(places).size, places.length);
  for (const { uri, sha256, bin, files, selector } of spec.platforms) {
    assert.match(sha256, /^[0-9a-f]{64}$/);
    const { os, arch } = selector.matchLabels;
    assert.is(uri.split('/').slice(-2).join('/'), `${spec.version}/proviso-${os}-${arch}.tar.gz`);
    assert.equal(
      files.map(({ from }) => from),
      ['proviso', 'kubectl_complete-proviso', 'LICENSE'],
    );
    assert.ok(files.some(({ from, to }) => from === bin && to === '.'));
  }
});

test('what kubectl asks for completions can be run, and is linked from the version that is installed', async () => {
  const { mode } = await stat(new URL('config/krew/kubectl_complete-proviso', ROOT));
  assert.is(mode & 0o111, 0o111);
  assert.ok(plugin.spec.caveats.includes(`store/proviso/${plugin.spec.version}/kubectl_complete-proviso`));
});

test('its version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { version: string };
  assert.is(plugin.spec.version, `v${version}`);
});

test.run();
