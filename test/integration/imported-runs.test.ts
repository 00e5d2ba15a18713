// deadline: 120
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMIT, FRESH, LICENCES } from '../policy/rego/imported-policies.ts';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { tool } from '../tools/tool.ts';

const CONTRACT = `apiVersion: chainloop.dev/v1
kind: Contract
metadata: {name: release}
spec:
  materials: [{name: sbom, type: SBOM_CYCLONEDX_JSON}]
  policyGroups:
    - ref: file://group.yaml
      with: {days: 30, banned: "GPL-3.0-only, AGPL-3.0-only"}
      skip: [of-a-commit]
`;
const GROUP = `apiVersion: chainloop.dev/v1
kind: PolicyGroup
metadata: {name: sbom-quality}
spec:
  inputs:
    - {name: days, default: 5}
    - {name: banned, required: true}
  policies:
    materials:
      - type: SBOM_CYCLONEDX_JSON
        policies:
          - ref: file://fresh.yaml
            with: {limit: "{{ inputs.days }}"}
          - ref: banned-licenses
            with: {licenses: "{{ inputs.banned }}"}
    attestation: [{ref: of-a-commit}]
`;
const FILES = {
  ...{ 'contract.yaml': CONTRACT, 'group.yaml': GROUP },
  ...{ 'fresh.yaml': FRESH, 'licences.yaml': LICENCES, 'commit.yaml': COMMIT },
};
const DAY_MS = 24 * 60 * 60 * 1000;

const sbom = (license: string, days: number): string =>
  JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: { timestamp: new Date(Date.now() - days * DAY_MS).toISOString() },
    components: [
      {
        type: 'library',
        name: 'readline',
        version: '1.2',
        purl: 'pkg:npm/readline',
        licenses: [{ license: { id: license } }],
      },
    ],
  });

let shop: Shop;
let work: string;
const test = suite('runs judged by what was written for Chainloop');
test.before(async () => {
  process.env.PROVISO_OPA = await tool('opa');
  work = await mkdtemp(join(tmpdir(), 'proviso-imported-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(work, name), text);
  const imported = await runProviso(work, `import ${Object.keys(FILES).join(' ')}`, {});
  assert.is(imported.code, 0, imported.text);
  shop = await openShop(
    `${imported.out}\n---\n${manifest('Workflow', 'release', { contractRef: { name: 'release' } })}`,
  );
});
test.after(async () => {
  await shop?.stop();
  await rm(work, { recursive: true, force: true });
});

test('a group with its inputs judges a material as it did there, to the end of the run', async () => {
  await writeFile(join(work, 'bad.json'), sbom('GPL-3.0-only', 40));
  await writeFile(join(work, 'good.json'), sbom('MIT', 10));
  const env = { PROVISO_DIR: await mountSecret(shop, 'release'), PROVISO_ENDPOINT: shop.stack.endpoint };
  const proviso = (args: string): Promise<CommandOutcome> => runProviso(work, args, env);
  const opened = await proviso('init');
  assert.is(opened.code, 0, opened.text);
  const bad = await proviso('add sbom bad.json');
  assert.is(bad.code, 4, bad.text);
  assert.match(bad.out, /sbom violates sbom-freshness: .*older than 30 days/);
  assert.match(
    bad.out,
    /sbom violates banned-licenses-sbom-cyclonedx-json: .*pkg:npm\/readline has the banned license GPL-3\.0-only/,
  );
  const good = await proviso('add sbom good.json --replace');
  assert.is(good.code, 0, good.text);
  const pushed = await proviso('push');
  assert.is(pushed.code, 0, pushed.text);
  const [run] = await shop.runs();
  assert.is(run?.status?.policies?.summary, '2/2');
});

test('what the contract skipped of the group judges once it is not skipped', async () => {
  const patch = [{ op: 'remove', path: '/spec/policyGroups/0/skip' }];
  await shop.kubectl(`patch contract release -n shop --type=json -p ${JSON.stringify(patch)}`);
  await shop.kubectl(
    'wait -n shop --for=jsonpath={.status.contract.revision}=2 --timeout=30s workflow.proviso.dev/release',
  );
  const env = { PROVISO_DIR: await mountSecret(shop, 'release'), PROVISO_ENDPOINT: shop.stack.endpoint };
  assert.is((await runProviso(work, 'init', env)).code, 0);
  assert.is((await runProviso(work, 'add sbom good.json', env)).code, 0);
  const pushed = await runProviso(work, 'push', env);
  assert.match(pushed.text, /the policy 'of-a-commit' says: the run is of no commit/);
  assert.not.equal(pushed.code, 0);
});

test.run();
