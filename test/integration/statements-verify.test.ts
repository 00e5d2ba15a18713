// deadline: 300
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import { checkSummary } from '../../src/verify/summary.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { jobReference } from '../support/pods.ts';
import { generateTestKey } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { digestOf, Pipelines, statementOf } from '../support/statements.ts';
import { cosign } from '../tools/cosign.ts';

let pipelines: Pipelines;
let work: string;
const test = suite('statements as consumers verify them');
test.before(async () => {
  pipelines = await Pipelines.open();
  for (const workflow of ['build', 'other', 'empty']) {
    mounts.set(workflow, await mountSecret(pipelines.shop, workflow));
  }
  work = await mkdtemp(join(tmpdir(), 'proviso-statements-'));
  await writeFile(join(work, 'keys.json'), await pipelines.published('control-plane-keys.json'));
  await writeFile(join(work, 'signer.pub'), pipelines.key.publicPem);
});
test.after(async () => {
  await pipelines?.shop.stop();
  if (work !== undefined) await rm(work, { recursive: true, force: true });
});

const mounts = new Map<string, string>();
/** What the CLI says; `env` is all it knows, so without PROVISO_DIR it has no cluster. */
async function proviso(args: string, env: Record<string, string>): Promise<{ code: number; out: string }> {
  const { code, text } = await runProviso(work, args, env);
  return { code, out: text };
}
const online = (args: string, workflow = 'build') => proviso(args, { PROVISO_DIR: mounts.get(workflow) ?? '' });

test('a run without outputs is spoken of by its attestation', async () => {
  const { run, bundle } = await pipelines.accepted('empty', await pipelines.shop.tokenOf('empty'), {});
  const vsa = some(statementOf(run, VSA_TYPE));
  const expected = {
    trusted: await pipelines.trusted(),
    digests: [digestOf(bundle)],
    resourceUri: some(vsa.resourceUri),
  };
  assert.ok(checkSummary(await pipelines.bytesOf(vsa), { ...expected, levels: ['PROVISO_CONTRACT_MET'] }).verified);
  const { code, out } = await online(`verify shop/${run.metadata.name}`, 'empty');
  assert.is(code, 0, out);
});

test('verify: a run, an artifact and a digest, online', async () => {
  await writeFile(join(work, 'app.tgz'), 'verified online');
  const { run } = await pipelines.ofPod('verified online', 'online-1', [jobReference('online')]);
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
  await pipelines.outside('of the other', 'other');
  const digest = digestOf('of the other');
  await eventually('the watch', async () => (await online(`verify --digest ${digest}`, 'other')).code === 0);
  assert.is((await online(`verify --digest ${digest} --workflow shop/build`, 'other')).code, 1);
  assert.match((await online(`verify --digest ${digest}`)).out, /NOT verified/, 'a stranger learns of no run');
  assert.match((await online(`verify --digest ${digest} --level SLSA_BUILD_LEVEL_1`, 'other')).out, /FAIL levels: /);
  const token = await pipelines.shop.tokenOf('build');
  const opened = await pipelines.shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  const { run } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}/materials/package`;
  await pipelines.shop.http.call(path, { method: 'PUT', token, body: 'still open' });
  const open = await eventually('the open run', async () => {
    const { out } = await online(`verify --digest ${digestOf('still open')}`);
    return out.includes(run) ? out : undefined;
  });
  assert.match(open, new RegExp(`it belongs to shop/${run} \\(Crafting\\)[\\s\\S]*NOT verified`));
});

test('verify offline, from files that download got, without a cluster', async () => {
  await writeFile(join(work, 'offline.tgz'), 'verified offline');
  const { run, bundle } = await pipelines.ofPod('verified offline', 'offline-1', [jobReference('offline')]);
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

for (const version of ['v3', 'v2'] as const) {
  test(`cosign ${version} accepts both statements by the published key, and nothing else`, async () => {
    const { verifyBlobAttestation } = cosign(version);
    const blob = `for cosign ${version}`;
    const { run } = await pipelines.ofPod(blob, `cosign-${version}`, [jobReference(`cosign-${version}`)]);
    const signer = { kind: 'key', publicKey: await pipelines.published('control-plane.pub') } as const;
    const evil = { kind: 'key', publicKey: generateTestKey().publicPem } as const;
    assert.is(run.status?.statements?.length, 2);
    for (const each of run.status?.statements ?? []) {
      const attested = { bundle: (await pipelines.bytesOf(each)).toString() };
      const good = { subject: { blob }, attested, signer, type: each.predicateType };
      await verifyBlobAttestation(good);
      for (const [changes, says] of [
        [{ subject: { blob: 'another' } }, /digests? do(es)? not match/],
        [{ signer: evil }, /failed to verify signature/],
        [{ type: 'https://example.com/other' }, /invalid predicate type/],
      ] as const) {
        const outcome = await verifyBlobAttestation({ ...good, ...changes }).then(
          () => 'accepted',
          (error: Error) => error.message,
        );
        assert.match(outcome, says);
      }
    }
  });
}

test('download of a statement that a run has none of', async () => {
  const { run } = await pipelines.outside('no provenance');
  const { code, out } = await online(`download shop/${run.metadata.name} --statement provenance`);
  assert.is(code, 1);
  assert.match(out, /the run has no provenance: it was not opened by a pod/);
  assert.is((await online('download --statement something')).code, 2);
});

test('attack: the store holds another summary under the digest, a good one of another run', async () => {
  const [victim, donor] = [await pipelines.outside('of the victim'), await pipelines.outside('of the donor')];
  const name = victim.run.metadata.name;
  await eventually('the watch', async () => (await online(`verify shop/${name}`)).code === 0);
  const [at, from] = [victim, donor].map(({ run }) => pipelines.blobOf(some(statementOf(run, VSA_TYPE)).digest));
  await writeFile(some(at), await readFile(some(from)));
  for (const what of [`shop/${name}`, `--digest ${digestOf('of the victim')}`]) {
    const { code, out } = await online(`verify ${what}`);
    assert.is.not(code, 0, out);
    assert.not.match(out, /^Verified/m);
  }
});

test('attack: a ConfigMap with a key of somebody else changes nothing for who asks the receiver', async () => {
  const evil = generateTestKey();
  const before = await pipelines.published('control-plane-keys.json');
  const patch = JSON.stringify({ data: { 'control-plane.pub': evil.publicPem, 'control-plane-keys.json': '{}' } });
  const { code, stderr } = await pipelines.shop.stack.controlPlane.kubectl([
    ...['patch', 'configmap', '-n', 'proviso-system', 'proviso-control-plane-keys', '--type=merge', '-p', patch],
  ]);
  assert.is(code, 0, stderr);
  const { run } = await pipelines.outside('with another ConfigMap');
  const name = run.metadata.name;
  await eventually('the watch', async () => (await online(`verify shop/${name}`)).code === 0);
  await pipelines.shop.stack.killAndRestart('operator');
  await eventually(
    'the ConfigMap put right',
    async () => (await pipelines.published('control-plane-keys.json')) === before,
  );
});

test.run();
