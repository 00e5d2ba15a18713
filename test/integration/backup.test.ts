// deadline: 280
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { ArchivedRunsMessage, DiscoveryMessage, RunMessage } from '../../src/api/messages.ts';
import type { EvidenceStore } from '../../src/api/types.gen.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import type { KeptObject } from '../../src/cli/backup/objects.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { openArchivedShop } from '../support/archived-shop.ts';
import { alteredRecord, forge, freshCopy, linesOf, manifestOf } from '../support/backups.ts';
import { eventually } from '../support/eventually.ts';
import { counts, type Installation, keeperOf, printed as out, restored, standing } from '../support/keeper.ts';
import { manifest } from '../support/manifest.ts';
import { startStack } from '../support/stack.ts';

interface Discovered {
  readonly directions: readonly DiscoveryMessage[];
}

let work: string;
let evidence: string;
/** What was asked before everything was lost, with the answers. */
const asked = new Map<string, string>();
let vsa: Digest;
let here: Installation | undefined;
const test = suite('backup and restore');
test.before(async () => {
  work = await mkdtemp(join(tmpdir(), 'proviso-backup-'));
});
test.after(async () => {
  await here?.stack.stop();
  await rm(work, { recursive: true, force: true });
  if (evidence !== undefined) await rm(dirname(evidence), { recursive: true, force: true });
});

const blob = (digest: string): string => join(evidence, blobPath(digest as Digest));
const other = (name: string): Promise<string> => freshCopy(join(work, 'saved'), join(work, name));

test('an installation with runs, some of which left the cluster, is saved', async () => {
  const shop = await openArchivedShop('admin');
  const { stack } = shop.shop;
  try {
    const keeper = await keeperOf(stack, work);
    evidence = join(stack.controlPlane.dir, 'evidence');
    const first = await shop.finish('build', { source: 'one', app: 'app-1' });
    await shop.finish('deploy', { source: 'app-1' });
    const materials = [{ name: 'app', type: 'ARTIFACT', output: true, optional: true }];
    const { signers } = JSON.parse(await keeper.kubectl('get contract -n shop release -o json')).spec;
    await keeper.kubectl('apply -n shop -f -', manifest('Contract', 'release', { materials, signers }));
    await eventually(
      'the second revision',
      async () => (await keeper.kubectl('get contract -n shop release -o jsonpath={.status.revision}')) === '2',
    );
    await eventually('the workflow to have it', async () => {
      const last = await shop.finish('build', { app: 'app-2' });
      return (await shop.shop.run(last)).spec.contract.revision === 2;
    });
    await eventually('the first run to leave the cluster', async () =>
      (await shop.shop.runs()).every(({ metadata }) => metadata.name !== first),
    );
    await eventually('every finished run to be archived', async () => {
      const runs = await shop.shop.runs();
      return runs.every(({ status }) => status?.conditions?.some(({ type }) => type === 'Archived'));
    });
    const open = { method: 'POST', token: shop.tokens.deploy ?? '', body: { workflow: 'deploy' } };
    const { run } = (await shop.shop.http.call('/v1/runs', open)).json<RunMessage>();

    const app = `sha256:${sha256Hex('app-1')}`;
    for (const args of ['-o json archive runs --all', `-o json discover ${app}`, '-o json archive totals --all'])
      asked.set(args, await out(keeper, args));
    const { directions } = JSON.parse(asked.get(`-o json discover ${app}`) ?? '') as Discovered;
    const summary = directions
      .flatMap(({ edges }) => edges)
      .find((edge) => edge.run === first && edge.name === VSA_TYPE);
    vsa = summary?.digest as Digest;
    await out(keeper, `download ${vsa} -f vsa.json`);
    await writeFile(
      join(work, 'keys.json'),
      await keeper.kubectl(
        'get configmap -n proviso-system proviso-control-plane-keys -o jsonpath={.data.control-plane-keys\\.json}',
      ),
    );
    const verify = `-o json verify --vsa vsa.json --digest ${app} --key keys.json --workflow shop/build`;
    asked.set(verify, await out(keeper, verify));
    asked.set('-n shop contract history release', await out(keeper, '-n shop -o json contract history release'));

    const rule = { kinds: ['SARIF'], source: { inline: 'a rule' } };
    for (const kind of ['Policy', 'ClusterPolicy'])
      await keeper.kubectl('apply -n shop -f -', manifest(kind, 'fresh', rule));
    for (const kind of ['PolicyGroup', 'ClusterPolicyGroup'])
      await keeper.kubectl('apply -n shop -f -', manifest(kind, 'quality', { materials: [{ type: 'SARIF' }] }));
    const saved = await keeper.proviso('backup --to saved');
    assert.is(saved.code, 0, saved.text);
    assert.match(saved.err, /1 open runs are not in it/);
    assert.match(saved.err, /the evidence itself is not in it/);
    const { runs, objects, verifierId, parts } = await manifestOf(join(work, 'saved'));
    const { items } = JSON.parse(asked.get('-o json archive runs --all') ?? '') as ArchivedRunsMessage;
    assert.equal([runs.recorded, runs.unfinished, runs.unarchived], [items.length, 1, 0]);
    assert.equal(
      { ...objects },
      {
        ...{ Namespace: 1, EvidenceStore: 1, ClusterPolicy: 1, Policy: 1, PolicyGroup: 1, ClusterPolicyGroup: 1 },
        ...{ ControllerRevision: 2, Contract: 1, Workflow: 2, ConfigMap: 2 },
      },
    );
    assert.match(verifierId ?? '', /^https:\/\/proviso\.dev\/cluster\//);
    assert.is((await stat(join(work, 'saved'))).mode & 0o777, 0o700);
    for (const name of await readdir(join(work, 'saved')))
      assert.is((await stat(join(work, 'saved', name))).mode & 0o777, 0o600, name);
    assert.is(parts.secrets?.lines, 1);

    // Never over another one, and nothing is left behind by one that fails.
    const again = await keeper.proviso('backup --to saved');
    assert.equal([again.code, /is there already/.test(again.err)], [2, true]);
    const without = await keeper.proviso('backup --to without --no-secrets');
    assert.match(without.err, /without the key of the control plane/);
    assert.is((await manifestOf(join(work, 'without'))).parts.secrets, undefined);
    for (const name of await readdir(join(work, 'without')))
      assert.not.match((await readFile(join(work, 'without', name))).toString('latin1'), /PRIVATE KEY/);
    const texts = (await linesOf(join(work, 'saved'), 'objects')).map((line) => JSON.parse(line) as KeptObject);
    assert.not.ok(texts.some(({ kind, metadata }) => kind === 'Secret' || metadata.uid || metadata.resourceVersion));

    // Attack: with too few rights, here and there.
    const nobody = await stack.controlPlane.serviceAccountKubeconfig('shop', 'admin');
    const refused = await keeper.proviso('backup --to none', { KUBECONFIG: nobody });
    assert.match(refused.err, /secrets "proviso-control-plane-key" is forbidden.*\(cluster-refused\)/);
    const build = await keeper.proviso('backup --to none', { PROVISO_TOKEN: shop.tokens.build ?? '' });
    assert.match(build.err, /\(read-forbidden\)/);
    assert.equal(
      (await readdir(work)).filter((name) => /none|part/.test(name)),
      [],
    );

    await cp(evidence, join(work, 'evidence'), { recursive: true });
    assert.ok(run);
  } finally {
    await shop.stop();
  }
});

test('everything is lost but the evidence; a backup that was cut or changed changes nothing', async () => {
  const stack = await startStack({ archive: `sqlite:${join(work, 'archive.db')}` });
  here = await keeperOf(stack, work);
  // Records are evidence too: without them, only the backup has the runs.
  await cp(join(work, 'evidence'), evidence, { recursive: true });
  for (const line of await linesOf(join(work, 'saved'), 'records')) await rm(blob(`sha256:${sha256Hex(line)}`));
  const before = await standing(here);

  const fails = async (directory: string, why: RegExp): Promise<void> => {
    const { code, err } = await (here as Installation).proviso(`restore ${directory} --replace`);
    assert.is(code, 1);
    assert.match(err, why);
    assert.match(err, /\(backup-invalid\)/);
  };
  const cut = await other('cut');
  const { size } = await stat(join(cut, 'records.ndjson.gz'));
  await truncate(join(cut, 'records.ndjson.gz'), size - 1);
  await fails(cut, /records\.ndjson\.gz has \d+ bytes, and the manifest says/);
  const bent = await other('bent');
  const bytes = await readFile(join(bent, 'objects.ndjson.gz'));
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(join(bent, 'objects.ndjson.gz'), bytes);
  await fails(bent, /objects\.ndjson\.gz has the SHA-256/);
  const less = await other('less');
  await rm(join(less, 'secrets.ndjson.gz'));
  await fails(less, /secrets\.ndjson\.gz can't be read/);
  const newer = await other('newer');
  await writeFile(join(newer, 'manifest.json'), '{"format":2}');
  await fails(newer, /not of the format 1/);
  await fails(work, /is no backup/);
  assert.equal(await standing(here), before);
});

test('a dry run says what would be done, and does nothing', async () => {
  const installation = here as Installation;
  const before = await standing(installation);
  const { code, out: printed, text } = await installation.proviso('restore saved --dry-run');
  assert.is(code, 1, text);
  assert.match(printed, /Nothing was changed/);
  assert.match(printed, /\nWorkflow +2 +0 +0 +0 +0\n/);
  assert.match(printed, /Secret proviso-system\/proviso-control-plane-key: data/);
  assert.match(printed, /can be checked only once the keys of the backup are there/);
  assert.equal(await standing(installation), before);
});

test('attack: records of another control plane do not count, whatever is in the backup', async () => {
  const { code, ...outcome } = await (here as Installation).proviso('-o json restore saved');
  const { records, objects } = restored({ code, ...outcome });
  assert.is(code, 1);
  assert.equal(
    objects.filter(({ outcome: { kind } }) => kind === 'different').map(({ object }) => object),
    ['proviso-system/proviso-control-plane-key'],
  );
  const { recorded } = (await manifestOf(join(work, 'saved'))).runs;
  assert.equal([records?.archived, records?.refusedCount], [0, recorded]);
  assert.match(records?.refused[0]?.why ?? '', /no control-plane key of this installation has signed it/);
  assert.equal(JSON.parse(await out(here as Installation, '-o json archive runs --all')).items, []);
});

test('with its keys it answers as it did, byte for byte', async () => {
  const installation = here as Installation;
  const { code, ...outcome } = await installation.proviso('-o json restore saved --replace');
  const found = restored({ code, ...outcome });
  assert.is(code, 0, outcome.text);
  assert.equal([found.records?.refusedCount, found.records?.missingCount, found.notReady], [0, 0, []]);
  assert.is(found.notInBackup.unfinished, 1);
  for (const [args, before] of asked) {
    if (args.startsWith('-n shop')) continue;
    assert.equal(JSON.parse(await out(installation, args)), JSON.parse(before), args);
  }
  await out(installation, `download ${vsa} -f again.json`);
  assert.equal(await readFile(join(work, 'again.json')), await readFile(join(work, 'vsa.json')));
  // Numbers go on where they were, and no revision is without its contract.
  const history = (text: string) =>
    JSON.parse(text).items.map(({ revision, digest, inForce }: Record<string, unknown>) => [revision, digest, inForce]);
  const args = '-n shop -o json contract history release';
  assert.equal(history(await out(installation, args)), history(asked.get('-n shop contract history release') ?? ''));
  const owners = await installation.kubectl(
    'get controllerrevisions -n shop -o jsonpath={.items[*].metadata.ownerReferences[*].uid}',
  );
  const uid = await installation.kubectl('get contract -n shop release -o jsonpath={.metadata.uid}');
  assert.is(owners, `${uid} ${uid}`);
});

test('once more changes nothing', async () => {
  const installation = here as Installation;
  const before = await standing(installation);
  for (const flags of ['', ' --replace', ' --dry-run']) {
    const { code, ...outcome } = await installation.proviso(`-o json restore saved${flags}`);
    assert.is(code, 0, outcome.text);
    const found = restored({ code, ...outcome });
    assert.equal(Object.keys(counts(found)), ['unchanged'], flags);
    assert.is(found.records?.archived, 0);
    assert.is(found.records?.present, (await manifestOf(join(work, 'saved'))).runs.recorded);
  }
  assert.equal(await standing(installation), before);
});

test('what differs is left and told of, unless it is to be replaced', async () => {
  const installation = here as Installation;
  await installation.kubectl(
    'patch workflow.proviso.dev -n shop build --type=merge -p {"spec":{"team":"other","project":"new"}}',
  );
  const { code, out: printed } = await installation.proviso('restore saved');
  assert.is(code, 1);
  assert.match(printed, /Left, since they differ .*:\n {2}Workflow shop\/build: spec\.team, spec\.project\n/);
  const team = () =>
    installation.kubectl('get workflow.proviso.dev -n shop build -o jsonpath={.spec.team}/{.spec.project}');
  assert.is(await team(), 'other/new');
  await out(installation, 'restore saved --replace');
  assert.is(await team(), 'web/');
});

test('attack: a record that was altered in the backup is refused, counted and named, and the others count', async () => {
  const forged = await other('forged');
  const lines = await linesOf(forged, 'records');
  const [first = '', ...rest] = lines;
  const { line: altered, run } = alteredRecord(first);
  await forge(forged, 'records', [altered, ...rest]);
  const { code, ...outcome } = await (here as Installation).proviso('-o json restore forged');
  assert.is(code, 1);
  const { records } = restored({ code, ...outcome });
  assert.equal([records?.refusedCount, records?.present], [1, rest.length]);
  assert.is(records?.refused[0]?.run, run);
});

test('attack: a backup brings in no other Secret, and nothing that only a cluster can say of an object', async () => {
  const installation = here as Installation;
  const forged = await other('forged');
  const [secret = ''] = await linesOf(forged, 'secrets');
  await forge(forged, 'secrets', [secret.replace('"proviso-control-plane-key"', '"bootstrap-token"')]);
  const refused = await installation.proviso('restore forged --replace');
  assert.match(refused.err, /proviso-system\/bootstrap-token is not one that a backup has \(backup-invalid\)/);
  await forge(forged, 'secrets', [secret]);

  const lines = await linesOf(forged, 'objects');
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'evil' },
  };
  const contract = lines.find((line) => line.includes('"kind":"Contract"')) ?? '';
  const evil = JSON.parse(contract);
  evil.metadata = { ...evil.metadata, name: 'evil', finalizers: ['example.com/evil'] };
  evil.status = { revision: 99 };
  await forge(forged, 'objects', [...lines, JSON.stringify(binding), JSON.stringify(evil)]);
  await out(installation, 'restore forged');
  assert.not.match(await installation.kubectl('get clusterrolebindings'), /evil/);
  const { metadata, status } = JSON.parse(await installation.kubectl('get contract -n shop evil -o json'));
  assert.equal([metadata.finalizers, status.revision], [undefined, 1]);
  await installation.kubectl('delete contract -n shop evil');

  const revision = { ...JSON.parse(contract), apiVersion: 'apps/v1', kind: 'ControllerRevision' };
  await forge(forged, 'objects', [...lines, JSON.stringify(revision)]);
  const { err } = await installation.proviso('restore forged');
  assert.match(err, /is of no contract \(backup-invalid\)/);
});

test('a legal hold of a namespace comes back, and a store that had been moved is, before its evidence is looked for', async () => {
  const installation = here as Installation;
  const held = await other('held');
  const lines = await linesOf(held, 'objects');
  const namespace = { ...JSON.parse(lines[0] ?? '') };
  assert.is(namespace.kind, 'Namespace');
  namespace.metadata.labels = { ...namespace.metadata.labels, 'proviso.dev/legal-hold': 'case-1', team: 'other' };
  const path = join(dirname(evidence), 'attic');
  await mkdir(path);
  const attic = manifest('EvidenceStore', 'attic', { filesystem: { path }, movedTo: { name: 'default' } });
  await forge(held, 'objects', [JSON.stringify(namespace), ...lines.slice(1), attic]);
  const left = await installation.proviso('restore held');
  assert.is(left.code, 1);
  assert.match(left.out, /Namespace shop: metadata\.labels\['proviso\.dev\/legal-hold'\]\n/);
  await installation.kubectl('delete evidencestore attic');
  await out(installation, 'restore held --replace');
  const moved = "jsonpath={.status.conditions[?(@.type=='Moved')].status}";
  assert.is(await installation.kubectl(`get evidencestore attic -o ${moved}`), 'True');
  const labels = JSON.parse(await installation.kubectl('get namespace shop -o jsonpath={.metadata.labels}'));
  assert.equal([labels['proviso.dev/legal-hold'], labels.team], ['case-1', undefined]);
});

test('evidence that did not come back is named', async () => {
  const digest = `sha256:${sha256Hex('app-1')}`;
  await rename(blob(digest), join(work, 'away'));
  const { code, out: printed } = await (here as Installation).proviso('restore saved');
  assert.is(code, 1);
  assert.match(printed, new RegExp(`default ${digest}: app of shop/build-\\w+: it is not there`));
  await rename(join(work, 'away'), blob(digest));
  await out(here as Installation, 'restore saved');
});

test('attack: a caller without the rights restores nothing', async () => {
  const installation = here as Installation;
  await installation.kubectl('create serviceaccount -n ops stranger');
  const token = await installation.kubectl('create token -n ops stranger --audience=proviso');
  const { err } = await installation.proviso('restore saved', { PROVISO_TOKEN: token });
  assert.match(err, /may not have archive records restored \(rebuild-forbidden\)/);
  const nobody = await installation.stack.controlPlane.serviceAccountKubeconfig('ops', 'stranger');
  const refused = await installation.proviso('restore saved --replace', { KUBECONFIG: nobody });
  assert.is(refused.code, 1);
  assert.match(refused.err, /\(cluster-refused\)/);
  const store = JSON.parse(await installation.kubectl('get evidencestore default -o json')) as EvidenceStore;
  assert.is(store.spec.filesystem?.path, evidence);
});

test.run();
