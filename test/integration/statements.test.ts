// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReferrersMessage, RunMessage } from '../../src/api/messages.ts';
import { PROVENANCE_TYPE } from '../../src/attestation/provenance.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import { checkProvenance } from '../../src/verify/provenance.ts';
import { checkSummary } from '../../src/verify/summary.ts';
import { eventually } from '../support/eventually.ts';
import { jobReference } from '../support/pods.ts';
import { signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { CLAIMS, digestOf, Pipelines, payloadOf, statementOf } from '../support/statements.ts';

let pipelines: Pipelines;
const test = suite('statements of the control plane');
test.before(async () => {
  pipelines = await Pipelines.open();
});
test.after(() => pipelines?.shop.stop());

test('a run from outside: a summary that says what it knows, and no provenance', async () => {
  const { run, bundle } = await pipelines.outside('a package', 'build', CLAIMS);
  assert.is(statementOf(run, PROVENANCE_TYPE), undefined);
  const recorded = some(statementOf(run, VSA_TYPE));
  const bytes = await pipelines.bytesOf(recorded);
  assert.equal([recorded.digest, recorded.size], [digestOf(bytes), bytes.length]);
  const keys = await pipelines.trusted();
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
  const { run } = await pipelines.ofPod('built in a pod', 'nightly-1', [job]);
  const keys = await pipelines.trusted();
  const digests = [digestOf('built in a pod')];
  const vsa = some(statementOf(run, VSA_TYPE));
  const expected = { trusted: keys, digests, resourceUri: some(vsa.resourceUri), levels: ['SLSA_BUILD_LEVEL_2'] };
  const outcome = checkSummary(await pipelines.bytesOf(vsa), expected);
  assert.ok(outcome.verified, JSON.stringify(outcome.steps));
  const provenance = await pipelines.bytesOf(some(statementOf(run, PROVENANCE_TYPE)));
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
    const { run } = await pipelines.ofPod(`of ${name}`, name, owners, CLAIMS);
    assert.is(run.spec.commit?.sha, CLAIMS.commit.sha, 'the run has the claim');
    const texts = await Promise.all(
      (run.status?.statements ?? []).map(async (each) => payloadOf(await pipelines.bytesOf(each))),
    );
    assert.is(texts.length, 2);
    for (const text of texts) assert.not.match(text, /claimed|c1a1c1a1|GITHUB_ACTION/i);
    assert.is(texts[0]?.includes('SLSA_BUILD_LEVEL_2'), name === 'claims-job');
  }
});

test('of several pushes of the same bytes at once one summary is there, and nothing is left over', async () => {
  for (let round = 0; round < 4; round++) {
    const token = await pipelines.shop.tokenOf('empty');
    const opened = await pipelines.shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'empty' } });
    const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
    const statement = await pipelines.shop.http.call(`${path}/statement`, { token });
    const body = signedBundle(statement.body, pipelines.key);
    const before = new Set((await pipelines.shop.stored()).blobs);
    const pushes = Array.from({ length: 4 }, () =>
      pipelines.shop.http.call(`${path}/attestation`, { method: 'POST', token, body }),
    );
    const answers = (await Promise.all(pushes)).map((answer) => answer.json<RunMessage>().statements?.[0]?.digest);
    const run = await pipelines.shop.run(opened.json<RunMessage>().run);
    const vsa = some(statementOf(run, VSA_TYPE));
    assert.equal(
      answers,
      answers.map(() => vsa.digest),
    );
    const added = (await pipelines.shop.stored()).blobs
      .filter((blob) => !before.has(blob))
      .map((hex) => `sha256:${hex}`);
    assert.equal(added.sort(), [vsa.digest, digestOf(body)].sort());
  }
});

test('referrers: what a digest is to a run, for who may see the run', async () => {
  const { run } = await pipelines.outside('referred to');
  const token = await pipelines.shop.tokenOf('build');
  const of = async (digest: string, as = token): Promise<ReferrersMessage['items']> =>
    (await pipelines.shop.http.call(`/v1/referrers/${digest}`, { token: as })).json<ReferrersMessage>().items;
  const vsa = some(statementOf(run, VSA_TYPE));
  const [found] = await eventually('the watch', async () => {
    const items = await of(vsa.digest);
    return items.length > 0 ? items : undefined;
  });
  assert.equal([found?.run, found?.references], [run.metadata.name, [{ role: 'statement', predicateType: VSA_TYPE }]]);
  const material = await of(digestOf('referred to'));
  assert.equal(material[0]?.references, [{ role: 'material', name: 'package', type: 'ARTIFACT' }]);
  assert.equal((await of(some(run.status?.attestation).digest))[0]?.references, [{ role: 'attestation' }]);
  assert.equal(await of(digestOf('referred to'), await pipelines.shop.tokenOf('other')), []);
  await pipelines.shop.http.refused('request-invalid', '/v1/referrers/sha256:abc', { token });
});

test.run();
