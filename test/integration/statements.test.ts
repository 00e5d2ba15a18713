// deadline: 180
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReferrersMessage, RunMessage } from '../../src/api/messages.ts';
import type { RecordedStatement, WorkflowRun } from '../../src/api/types.gen.ts';
import { PROVENANCE_TYPE } from '../../src/attestation/provenance.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import { readKeyList } from '../../src/verify/key-list.ts';
import { checkProvenance } from '../../src/verify/provenance.ts';
import { checkSummary } from '../../src/verify/summary.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { jobReference, tokenOfPod } from '../support/pods.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'package', type: 'ARTIFACT', output: true },
      { name: 'log', type: 'EVIDENCE', optional: true },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Contract', 'bare', { signers: [{ key: { inline: key.publicPem } }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'other', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'empty', { contractRef: { name: 'bare' } }),
].join('\n---\n');
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
/** What a client may say of itself, all of it untrue. */
const CLAIMS = {
  runner: { type: 'GITHUB_ACTION', url: 'https://claimed.example.com/7' },
  commit: {
    sha: 'c1a1'.repeat(10),
    author: 'Claimed',
    remotes: [{ name: 'origin', url: 'https://claimed.example.com/r' }],
  },
};

let shop: Shop;
let work: string;
const tokens = new Map<string, string>();
const test = suite('statements of the control plane');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  for (const workflow of ['build', 'other', 'empty']) {
    tokens.set(workflow, await shop.tokenOf(workflow));
    await mount(workflow);
  }
  work = await mkdtemp(join(tmpdir(), 'proviso-statements-'));
  await writeFile(join(work, 'keys.json'), await published());
  await writeFile(join(work, 'signer.pub'), key.publicPem);
});
test.after(async () => {
  await shop?.stop();
  if (work !== undefined) await rm(work, { recursive: true, force: true });
});

const mountOf = (workflow: string): string => join(shop.stack.controlPlane.dir, `mount-${workflow}`);
async function mount(workflow: string): Promise<void> {
  const text = await shop.kubectl(`get secret -n shop proviso-${workflow} -o json`);
  const { data } = JSON.parse(text) as { data: Record<string, string> };
  await mkdir(mountOf(workflow), { recursive: true });
  for (const [name, value] of Object.entries(data))
    await writeFile(join(mountOf(workflow), name), Buffer.from(value, 'base64'));
}
const published = (): Promise<string> =>
  shop.kubectl(
    'get configmap -n proviso-system proviso-control-plane-keys -o jsonpath={.data.control-plane-keys\\.json}',
  );

/** What the CLI says; `env` is all it knows, so without PROVISO_DIR it has no cluster. */
function proviso(args: string, env: Record<string, string>): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const options = { cwd: work, env: { PATH: process.env.PATH ?? '', ...env } };
    execFile(process.execPath, [MAIN, ...args.split(' ')], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out + err }),
    );
  });
}
const online = (args: string, workflow = 'build') => proviso(args, { PROVISO_DIR: mountOf(workflow) });

interface Accepted {
  readonly run: WorkflowRun;
  readonly bundle: Uint8Array;
}
/** Opens, fills and pushes a run. */
async function accepted(
  workflow: string,
  token: string,
  materials: Record<string, string>,
  claims = {},
): Promise<Accepted> {
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow, ...claims } });
  assert.ok(opened.status < 300, opened.body.toString());
  const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
  for (const [name, body] of Object.entries(materials)) {
    const added = await shop.http.call(`${path}/materials/${name}`, { method: 'PUT', token, body });
    assert.is(added.status, 200, added.body.toString());
  }
  const statement = await shop.http.call(`${path}/statement`, { token });
  const bundle = signedBundle(statement.body, key);
  const pushed = await shop.http.call(`${path}/attestation`, { method: 'POST', token, body: bundle });
  assert.is(pushed.status, 200, pushed.body.toString());
  const run = await shop.run(opened.json<RunMessage>().run);
  assert.equal(pushed.json<RunMessage>().statements, run.status?.statements, 'the answer says what was written');
  return { run, bundle };
}
const outside = (text: string, workflow = 'build', claims = {}): Promise<Accepted> =>
  accepted(workflow, some(tokens.get(workflow)), { package: text }, claims);
async function ofPod(text: string, name: string, owners: readonly object[], claims = {}): Promise<Accepted> {
  const token = await tokenOfPod(shop, { name, serviceAccount: 'proviso-build', ownerReferences: owners });
  return accepted('build', token, { package: text, log: `log of ${text}` }, claims);
}

const statementOf = ({ status }: WorkflowRun, type: string): RecordedStatement | undefined =>
  status?.statements?.find(({ predicateType }) => predicateType === type);
const digestOf = (bytes: string | Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const blobOf = (digest: string): string => {
  const hex = digest.slice('sha256:'.length);
  return join(shop.stack.controlPlane.dir, 'evidence/blobs/sha256', hex.slice(0, 2), hex);
};
const bytesOf = ({ digest }: RecordedStatement): Promise<Buffer> => readFile(blobOf(digest));
async function trusted() {
  const reading = readKeyList(await published());
  if (!reading.ok) throw new Error(reading.message);
  return reading.list;
}
const payloadOf = (bundle: Buffer): string => {
  const { dsseEnvelope } = JSON.parse(bundle.toString()) as { dsseEnvelope: { payload: string } };
  return Buffer.from(dsseEnvelope.payload, 'base64').toString();
};

test('a run from outside: a summary that says what it knows, and no provenance', async () => {
  const { run, bundle } = await outside('a package', 'build', CLAIMS);
  assert.is(statementOf(run, PROVENANCE_TYPE), undefined);
  const recorded = some(statementOf(run, VSA_TYPE));
  const bytes = await bytesOf(recorded);
  assert.equal([recorded.digest, recorded.size], [digestOf(bytes), bytes.length]);
  const keys = await trusted();
  assert.is(recorded.keyFingerprint, keys.keys[0]?.fingerprint);
  const expected = { trusted: keys, digests: [digestOf('a package')], resourceUri: some(recorded.resourceUri) };
  const outcome = checkSummary(bytes, { ...expected, levels: ['PROVISO_CONTRACT_MET'] });
  assert.ok(outcome.verified, JSON.stringify(outcome.steps));
  assert.equal(outcome.summary?.inputAttestations, [digestOf(bundle)]);
  assert.is(outcome.summary?.policy.digest, run.spec.contract.digest);
  assert.equal(outcome.summary?.verifiedLevels, ['PROVISO_CONTRACT_MET']);
  assert.not.ok(checkSummary(bytes, { ...expected, levels: ['SLSA_BUILD_LEVEL_1'] }).verified);
});

test('a run of a Job: a summary of level 2, and provenance that names the Job', async () => {
  const job = jobReference('nightly');
  const { run } = await ofPod('built in a pod', 'nightly-1', [job]);
  const keys = await trusted();
  const digests = [digestOf('built in a pod')];
  const vsa = some(statementOf(run, VSA_TYPE));
  const expected = { trusted: keys, digests, resourceUri: some(vsa.resourceUri), levels: ['SLSA_BUILD_LEVEL_2'] };
  const outcome = checkSummary(await bytesOf(vsa), expected);
  assert.ok(outcome.verified, JSON.stringify(outcome.steps));
  const provenance = await bytesOf(some(statementOf(run, PROVENANCE_TYPE)));
  const steps = checkProvenance(provenance, { trusted: keys, digests, run: some(run.metadata.uid) });
  assert.ok(
    steps.every(({ ok }) => ok),
    JSON.stringify(steps),
  );
  const { predicate } = JSON.parse(payloadOf(provenance)) as {
    predicate: { buildDefinition: { externalParameters: { owner: object } }; runDetails: { builder: { id: string } } };
  };
  const { controller: _, ...owner } = job;
  assert.equal(predicate.buildDefinition.externalParameters.owner, owner);
  assert.is(predicate.runDetails.builder.id, `${keys.verifierId}/runners/KUBERNETES_JOB`);
});

test('attack: commit, runner and address that a pod only claims are stated nowhere, and raise no level', async () => {
  for (const [name, owners] of [
    ['claims-job', [jobReference('claims')]],
    ['claims-bare', []],
  ] as const) {
    const { run } = await ofPod(`of ${name}`, name, owners, CLAIMS);
    assert.is(run.spec.commit?.sha, CLAIMS.commit.sha, 'the run has the claim');
    const texts = await Promise.all((run.status?.statements ?? []).map(async (each) => payloadOf(await bytesOf(each))));
    assert.is(texts.length, 2);
    for (const text of texts) assert.not.match(text, /claimed|c1a1c1a1|GITHUB_ACTION/i);
    assert.is(texts[0]?.includes('SLSA_BUILD_LEVEL_2'), name === 'claims-job');
  }
});

test('a run without outputs is spoken of by its attestation', async () => {
  const { run, bundle } = await accepted('empty', some(tokens.get('empty')), {});
  const vsa = some(statementOf(run, VSA_TYPE));
  const expected = { trusted: await trusted(), digests: [digestOf(bundle)], resourceUri: some(vsa.resourceUri) };
  assert.ok(checkSummary(await bytesOf(vsa), { ...expected, levels: ['PROVISO_CONTRACT_MET'] }).verified);
  const { code, out } = await online(`verify shop/${run.metadata.name}`, 'empty');
  assert.is(code, 0, out);
});

test('of several pushes of the same bytes at once one summary is there, and nothing is left over', async () => {
  for (let round = 0; round < 4; round++) {
    const token = some(tokens.get('empty'));
    const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'empty' } });
    const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
    const statement = await shop.http.call(`${path}/statement`, { token });
    const body = signedBundle(statement.body, key);
    const before = new Set((await shop.stored()).blobs);
    const pushes = Array.from({ length: 4 }, () =>
      shop.http.call(`${path}/attestation`, { method: 'POST', token, body }),
    );
    const answers = (await Promise.all(pushes)).map((answer) => answer.json<RunMessage>().statements?.[0]?.digest);
    const run = await shop.run(opened.json<RunMessage>().run);
    const vsa = some(statementOf(run, VSA_TYPE));
    assert.equal(
      answers,
      answers.map(() => vsa.digest),
    );
    const added = (await shop.stored()).blobs.filter((blob) => !before.has(blob)).map((hex) => `sha256:${hex}`);
    assert.equal(added.sort(), [vsa.digest, digestOf(body)].sort());
  }
});

test('verify: a run, an artifact and a digest, online', async () => {
  await writeFile(join(work, 'app.tgz'), 'verified online');
  const { run } = await ofPod('verified online', 'online-1', [jobReference('online')]);
  const name = `shop/${run.metadata.name}`;
  await eventually('the watch', async () => (await online(`verify ${name}`)).code === 0);
  const ofRun = (await online(`verify ${name}`)).out;
  assert.match(ofRun, /^(ok {3}.*\n)+Verified\n$/);
  assert.match(ofRun, /its builder is .*\/runners\/KUBERNETES_JOB/);
  for (const what of [
    '--artifact app.tgz',
    `--digest ${digestOf('verified online')}`,
    '--artifact app.tgz --key keys.json',
  ]) {
    const { code, out } = await online(`verify ${what} --workflow shop/build --level SLSA_BUILD_LEVEL_2`);
    assert.is(code, 0, out);
    assert.match(out, new RegExp(`the run ${name} handed it in; its verdict is Accepted`));
    assert.match(out, /its levels are PROVISO_CONTRACT_MET, SLSA_BUILD_LEVEL_2/);
  }
  const json = JSON.parse((await online('verify --artifact app.tgz -o json')).out) as {
    verified: boolean;
    run: string;
  };
  assert.equal([json.verified, json.run], [true, name]);
});

test('verify: an artifact that nobody handed in, of another workflow, of an open run, of too low a level', async () => {
  await writeFile(join(work, 'unknown.tgz'), 'nobody has this');
  const unknown = await online('verify --artifact unknown.tgz');
  assert.is(unknown.code, 1);
  assert.match(unknown.out, /FAIL no accepted run that this identity may see handed in sha256:/);
  await outside('of the other', 'other');
  const digest = digestOf('of the other');
  await eventually('the watch', async () => (await online(`verify --digest ${digest}`, 'other')).code === 0);
  assert.is((await online(`verify --digest ${digest} --workflow shop/build`, 'other')).code, 1);
  assert.match((await online(`verify --digest ${digest}`)).out, /NOT verified/, 'a stranger learns of no run');
  assert.match((await online(`verify --digest ${digest} --level SLSA_BUILD_LEVEL_1`, 'other')).out, /FAIL levels: /);
  const token = some(tokens.get('build'));
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  const { run } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}/materials/package`;
  await shop.http.call(path, { method: 'PUT', token, body: 'still open' });
  const open = await eventually('the open run', async () => {
    const { out } = await online(`verify --digest ${digestOf('still open')}`);
    return out.includes(run) ? out : undefined;
  });
  assert.match(open, new RegExp(`it belongs to shop/${run} \\(Crafting\\)[\\s\\S]*NOT verified`));
});

test('verify offline, from files that download got, without a cluster', async () => {
  await writeFile(join(work, 'offline.tgz'), 'verified offline');
  const { run, bundle } = await ofPod('verified offline', 'offline-1', [jobReference('offline')]);
  await writeFile(join(work, 'attestation.json'), bundle);
  const name = `shop/${run.metadata.name}`;
  for (const statement of ['vsa', 'provenance']) {
    await eventually(`the download of the ${statement}`, async () => {
      const { code, out } = await online(`download ${name} --statement ${statement} -f ${statement}.json`);
      return code === 0 ? true : assert.unreachable(out);
    });
  }
  const check = 'verify --artifact offline.tgz --vsa vsa.json --key keys.json';
  const whole = await proviso(
    `${check} --workflow shop/build --attestation attestation.json --signer-key signer.pub --material package=offline.tgz`,
    {},
  );
  assert.is(whole.code, 0, whole.out);
  assert.match(whole.out, /^(ok {3}.*\n)+Verified\n$/);
  assert.match(whole.out, /attestation\.json is the attestation that was verified/);
  assert.match(whole.out, /offline\.tgz is the material package/);
  const wrong = await proviso(`${check} --workflow shop/other`, {});
  assert.is(wrong.code, 1);
  assert.match(wrong.out, /FAIL resource: expected .*\/workflows\/other, found .*\/workflows\/build/);
  const unsaid = await proviso(check, {});
  assert.is(unsaid.code, 2, unsaid.out);
  const swapped = await proviso(
    'verify --artifact offline.tgz --vsa provenance.json --key keys.json --workflow shop/build',
    {},
  );
  assert.match(swapped.out, /FAIL type: expected https:\/\/slsa\.dev\/verification_summary\/v1/);
});

test('download of a statement that a run has none of', async () => {
  const { run } = await outside('no provenance');
  const { code, out } = await online(`download shop/${run.metadata.name} --statement provenance`);
  assert.is(code, 1);
  assert.match(out, /the run has no provenance: it was not opened by a pod/);
  assert.is((await online('download --statement something')).code, 2);
});

test('attack: the store holds another summary under the digest, a good one of another run', async () => {
  const [victim, donor] = [await outside('of the victim'), await outside('of the donor')];
  const name = victim.run.metadata.name;
  await eventually('the watch', async () => (await online(`verify shop/${name}`)).code === 0);
  const [at, from] = [victim, donor].map(({ run }) => blobOf(some(statementOf(run, VSA_TYPE)).digest));
  await writeFile(some(at), await readFile(some(from)));
  for (const what of [`shop/${name}`, `--digest ${digestOf('of the victim')}`]) {
    const { code, out } = await online(`verify ${what}`);
    assert.is.not(code, 0, out);
    assert.not.match(out, /^Verified/m);
  }
});

test('attack: a ConfigMap with a key of somebody else changes nothing for who asks the receiver', async () => {
  const evil = generateTestKey();
  const before = await published();
  const patch = JSON.stringify({ data: { 'control-plane.pub': evil.publicPem, 'control-plane-keys.json': '{}' } });
  const { code, stderr } = await shop.stack.controlPlane.kubectl([
    ...['patch', 'configmap', '-n', 'proviso-system', 'proviso-control-plane-keys', '--type=merge', '-p', patch],
  ]);
  assert.is(code, 0, stderr);
  const { run } = await outside('with another ConfigMap');
  const name = run.metadata.name;
  await eventually('the watch', async () => (await online(`verify shop/${name}`)).code === 0);
  await shop.stack.killAndRestart('operator');
  await eventually('the ConfigMap put right', async () => (await published()) === before);
});

test('referrers: what a digest is to a run, for who may see the run', async () => {
  const { run } = await outside('referred to');
  const token = some(tokens.get('build'));
  const of = async (digest: string, as = token): Promise<ReferrersMessage['items']> =>
    (await shop.http.call(`/v1/referrers/${digest}`, { token: as })).json<ReferrersMessage>().items;
  const vsa = some(statementOf(run, VSA_TYPE));
  const [found] = await eventually('the watch', async () => {
    const items = await of(vsa.digest);
    return items.length > 0 ? items : undefined;
  });
  assert.equal([found?.run, found?.references], [run.metadata.name, [{ role: 'statement', predicateType: VSA_TYPE }]]);
  const material = await of(digestOf('referred to'));
  assert.equal(material[0]?.references, [{ role: 'material', name: 'package', type: 'ARTIFACT' }]);
  assert.equal((await of(some(run.status?.attestation).digest))[0]?.references, [{ role: 'attestation' }]);
  assert.equal(await of(digestOf('referred to'), tokens.get('other')), []);
  await shop.http.refused('request-invalid', '/v1/referrers/sha256:abc', { token });
});

test.run();
