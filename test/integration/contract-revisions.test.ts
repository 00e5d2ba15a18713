// deadline: 180
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandOutcome, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey } from '../support/signing.ts';

const test = suite('revisions of a contract');
const release = (deadline: string, ...names: readonly string[]): string =>
  manifest('Contract', 'release', { deadline, materials: names.map((name) => ({ name, type: 'ARTIFACT' })) });
const READER = [
  'create serviceaccount -n shop auditor',
  'create rolebinding -n shop auditor --clusterrole=proviso-view --serviceaccount=shop:auditor',
];

let shop: Shop;
let token: string;

test.before(async () => {
  const workflow = manifest('Workflow', 'build', { contractRef: { name: 'release' } });
  shop = await openShop([release('1h', 'package'), workflow].join('\n---\n'));
  for (const command of READER) await shop.kubectl(command);
  token = await shop.kubectl('create token -n shop auditor --audience=proviso');
  await inForce(1);
  await shop.kubectl('apply -n shop -f -', release('30m', 'package', 'sources'));
  await inForce(2);
});
test.after(() => shop?.stop());

const inForce = (revision: number): Promise<unknown> =>
  eventually(
    `revision ${revision}`,
    async () => (await shop.kubectl('get contract -n shop release -o jsonpath={.status.revision}')) === `${revision}`,
  );

interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}
async function proviso(args: string, bearer = token, { cwd, env }: Surroundings = {}): Promise<CommandOutcome> {
  const ca = join(shop.stack.controlPlane.dir, 'ca.crt');
  await writeFile(ca, await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}'));
  return runProviso(cwd ?? shop.stack.controlPlane.dir, args, {
    PROVISO_ENDPOINT: shop.stack.endpoint,
    PROVISO_CA_FILE: ca,
    PROVISO_TOKEN: bearer,
    PROVISO_NAMESPACE: 'shop',
    ...env,
  });
}

test('a reader of the namespace sees what a contract has meant, and what changed', async () => {
  const history = await proviso('contract history release');
  assert.match(history.out, /REVISION.*\n2 +release-[0-9a-f]{10} .* in force\n1 +release-/, history.err);
  const last = await proviso('contract diff release');
  const expected = 'revision 1 -> 2\n~ deadline: 1h -> 30m\n+ materials[sources]: ARTIFACT\n';
  assert.is(last.out, expected, last.err);
  const back = await proviso('contract diff release 2 1');
  assert.match(back.out, /revision 2 -> 1[\s\S]*- materials\[sources\]: ARTIFACT/);
  const unknown = await proviso('contract diff release 7');
  assert.is(unknown.code, 2);
  assert.match(unknown.err, /no revision '7'[\s\S]*there are 2, 1/);
  assert.match((await proviso('contract history nothing')).err, /contract-not-found/);
});

test('a draft is tried on the runs on record: which would have failed, and why', async () => {
  const pipeline = await shop.tokenOf('build');
  const work = await mkdtemp(join(tmpdir(), 'proviso-try-'));
  const env = { PROVISO_WORKFLOW: 'build' };
  await writeFile(join(work, 'a.tgz'), 'a package');
  for (const step of ['init', 'add package a.tgz', 'add sources a.tgz', 'push']) {
    const { code, err } = await proviso(step, pipeline, { cwd: work, env });
    assert.is(code, 0, err);
  }
  const tried = async (name: string, spec: object, ...beside: readonly string[]): Promise<CommandOutcome> => {
    await writeFile(join(work, 'draft.yaml'), [...beside, manifest('Contract', name, spec)].join('\n---\n'));
    return proviso('contract try draft.yaml', token, { cwd: work });
  };
  const same = await tried('release', { materials: [{ name: 'package', type: 'ARTIFACT' }] });
  assert.match(same.out, /build +Accepted +met\n1 of 1 would have met it/, same.err);
  assert.is(same.code, 0);
  const stricter = await tried('release', {
    materials: [
      { name: 'package', type: 'SARIF' },
      { name: 'sbom', type: 'SBOM_SPDX_JSON' },
    ],
    envAllowList: ['GIT_BRANCH'],
    runner: { type: 'TEKTON_PIPELINE' },
    annotations: [{ name: 'criticality' }],
    signers: [{ key: { inline: generateTestKey().publicPem } }],
  });
  assert.is(stricter.code, 3, stricter.err);
  for (const why of [
    /runner: it ran on GENERIC, not on TEKTON_PIPELINE/,
    /envAllowList\[GIT_BRANCH\]: the variable was not recorded/,
    /annotations\[criticality\]: the contract asks for a value/,
    /materials\[package\]: it was handed in as ARTIFACT, not as SARIF/,
    /materials\[sbom\]: SBOM_SPDX_JSON is missing/,
    /signers: signed by .*proviso-build.*: 0 of the 1/,
    /0 of 1 would have met it/,
  ]) {
    assert.match(stricter.out, why);
  }
  const keyed = await tried('release', { signers: [{ key: { secretRef: { name: 'k', key: 'cosign.pub' } } }] });
  assert.match(keyed.err, /who signed is not judged/);
  const grouped = { policyGroups: [{ ref: { name: 'quality' } }] };
  const group = manifest('PolicyGroup', 'quality', { materials: [{ name: 'sbom', type: 'SBOM_SPDX_JSON' }] });
  assert.match((await tried('release', grouped, group)).out, /materials\[sbom\]: SBOM_SPDX_JSON is missing/);
  const open = await tried('release', grouped);
  assert.is(open.code, 1);
  assert.match(open.err, /policyGroups\[0\]\.ref: there is no PolicyGroup 'quality'[\s\S]*must be in the same file/);
  assert.match((await tried('other', {})).out, /no finished run/);
  assert.match((await tried('release', { materials: [{ name: 'x', type: 'SARFI' }] })).err, /SARIF/);
});

test('whoever may not get the contract learns nothing of it, not even whether it is there', async () => {
  const pipeline = await shop.tokenOf('build');
  for (const name of ['release', 'nothing']) {
    const refused = await proviso(`contract history ${name}`, pipeline);
    assert.is(refused.code, 1);
    assert.match(refused.err, /read-forbidden/);
  }
});

test('attack: a revision that was exchanged is called altered, and not compared', async () => {
  const name = await shop.kubectl('get contract -n shop release -o jsonpath={.status.revisionName}');
  const revision = JSON.parse(await shop.kubectl(`get controllerrevision -n shop ${name} -o json`)) as {
    data: { materials: unknown[] };
    metadata: Record<string, unknown>;
  };
  await shop.kubectl(`delete controllerrevision -n shop ${name}`);
  const { name: _, labels } = revision.metadata;
  const forged = { ...revision, metadata: { name: `${name}x`, namespace: 'shop', labels } };
  forged.data.materials = [];
  await shop.kubectl('create -f -', JSON.stringify({ ...forged, revision: 9 }));
  assert.match((await proviso('contract history release')).out, /\n?9 +release-[0-9a-f]{10}x .*ALTERED/);
  const refused = await proviso('contract diff release 1 9');
  assert.is(refused.code, 1);
  assert.match(refused.err, /contract-altered/);
});

test.run();
