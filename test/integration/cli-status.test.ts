// deadline: 120
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mountSecret, runScript } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';

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

test.run();
