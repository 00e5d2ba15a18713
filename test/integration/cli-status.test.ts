// deadline: 120
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { mountSecret, runProviso, runScript } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { followPages } from '../support/page-commands.ts';
import { readFromRoot } from '../support/pages.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { some } from '../support/some.ts';
import { tool } from '../tools/tool.ts';

const test = suite('status, as the page of the CLI has it');
const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('\n## What is there, and what to type next'), page.indexOf('\n## Signing'));
const block = (kind: string): string => new RegExp(`\n\`\`\`${kind}\n(.*?)\`\`\``, 's').exec(section)?.[1] ?? '';

/** What the page types, and what it says that comes of it. */
const EXAMPLES = block('console')
  .split(/^\$ /m)
  .slice(1)
  .map((text) => ({ command: text.slice(0, text.indexOf('\n')), output: text.slice(text.indexOf('\n') + 1) }));
const FILES = {
  'web.tgz': 'a package',
  'notes.txt': 'of the release',
  'tests.xml': '<testsuites><testsuite name="unit" tests="1"><testcase name="a"/></testsuite></testsuites>',
  'sbom.json': JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 }),
};

let shop: Shop;
let work: string;
test.before(async () => {
  shop = await openShop(
    `${block('yaml')}\n---\n${manifest('Workflow', 'build', { contractRef: { name: 'release' } })}`,
  );
  work = await mkdtemp(join(tmpdir(), 'proviso-status-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(work, name), text);
});
test.after(async () => {
  await shop?.stop();
  await rm(work, { recursive: true, force: true });
});

/** What differs from one time to the next, as the page has it. */
const settled = (text: string): string =>
  text
    .replaceAll(/build-[0-9a-f]{10}/g, 'build-3f9a01c2de')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-28T07:30:00.000Z')
    .replaceAll(/(Attestation +)sha256:[0-9a-f]{64}/g, `$1sha256:${'9841105c'.repeat(8)}`);

test('each example prints what the page says', async () => {
  assert.ok(EXAMPLES.length >= 7);
  const env = { PROVISO_DIR: await mountSecret(shop, 'build'), GIT_BRANCH: 'main', NO_COLOR: '1' };
  const transcript: string[] = [];
  for (const { command } of EXAMPLES) {
    const { code, text } = await runScript(work, command, env, {});
    assert.is(code, 0, `${command}\n${text}`);
    transcript.push(`$ ${command}\n${settled(text)}`);
  }
  assert.fixture(transcript.join(''), block('console'));
});

const readme = await followPages(import.meta.url);

test('the README, from its contract to what a consumer verifies without a cluster', async () => {
  const { kubectlPath, adminKubeconfig } = shop.stack.controlPlane;
  const [, manifests = ''] = /^```yaml\n(.*?)^```/ms.exec(await readFromRoot('README.md')) ?? [];
  await shop.kubectl('apply -f -', manifests);
  const path = '{.status.contract.revision}=2';
  await shop.kubectl(`wait -n shop --for=jsonpath=${path} --timeout=30s workflow.proviso.dev/build`);
  const files = { 'shop.tgz': 'a package', 'sbom.cdx.json': FILES['sbom.json'], 'junit.xml': FILES['tests.xml'] };
  for (const [name, text] of Object.entries(files)) await writeFile(join(work, name), text);
  for (const name of ['control-plane-keys.json', 'control-plane.pub']) {
    const key = name.replaceAll('.', '\\.');
    const published = 'get configmap -n proviso-system proviso-control-plane-keys -o';
    await writeFile(join(work, name), await shop.kubectl(`${published} jsonpath={.data.${key}}`));
  }
  await rm(join(work, '.proviso'), { recursive: true, force: true });

  const env = {
    PROVISO_DIR: await mountSecret(shop, 'build'),
    KUBECONFIG: adminKubeconfig,
    HOME: work,
  };
  const programs = { kubectl: `'${kubectlPath}'`, cosign: `'${await tool('cosign-v3')}'` };
  const [handIn, ...others] = readme.blocks;
  const pushed = await readme.run(some(handIn), { cwd: work, env, programs });
  assert.is(pushed.code, 0, pushed.text);
  assert.match(pushed.out, /passed, Accepted/);
  const { run, materials } = JSON.parse((await runProviso(work, 'status -o json', env)).out) as RunMessage;
  const digest = some(materials.find(({ name }) => name === 'package')).digest;
  const change = (script: string): string =>
    script.replaceAll(/build-[0-9a-f]{10}/g, run).replaceAll(/sha256:[0-9a-f]{64}/g, digest ?? '');
  await eventually('the watch', async () => (await runProviso(work, `verify shop/${run}`, env)).code === 0);
  for (const block of others) {
    const { code, text } = await readme.run(block, { cwd: work, env, programs, change });
    assert.is(code, 0, `${block.script}\n${text}`);
  }
  assert.is(others.length, 2);
});

test('every command that the pages have for this file was run', () => assert.equal(readme.rest(), []));

test.run();
