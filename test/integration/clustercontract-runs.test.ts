// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { ClusterContract, Workflow } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'lax', {
    materials: [{ name: 'note', type: 'STRING', optional: true }],
    signers: [{ key: { inline: key.publicPem } }],
    deadline: '700h',
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'lax' } }),
].join('\n---\n');
const BASELINE = { namespaceSelector: { matchLabels: { tier: 'production' } }, deadline: '1h' };

let shop: Shop;
let token: string;
const test = suite('runs under a cluster contract');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
});
test.after(() => shop?.stop());

async function open(): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest: string): string => `/v1/namespaces/shop/runs/${run}${rest}`;

/** What hands the statement of a run in, signed. */
async function pushing(run: RunMessage) {
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  return { method: 'POST', token, body: signedBundle(statement.body, key) };
}

async function push(run: RunMessage): Promise<void> {
  const answer = await shop.http.call(pathOf(run, '/attestation'), await pushing(run));
  assert.is(answer.status, 200, answer.body.toString());
}

const untilMerged = (revision: number): Promise<unknown> =>
  eventually(`revision ${revision} to be merged in`, async () => {
    const { status } = JSON.parse(await shop.kubectl('get -n shop workflow.proviso.dev build -o json')) as Workflow;
    return status?.baselines?.[0]?.revision === revision;
  });

const untilCompliant = (workflows: number, compliant: number): Promise<unknown> =>
  eventually(`${compliant} of ${workflows} to comply`, async () => {
    const { status } = JSON.parse(await shop.kubectl('get clustercontract production -o json')) as ClusterContract;
    return status?.workflows === workflows && status.compliant === compliant;
  });

test('a run that is open keeps what it was opened with, a new one can not be pushed without what the baseline asks', async () => {
  const before = await open();
  await shop.kubectl(
    'apply -f -',
    manifest('ClusterContract', 'production', { ...BASELINE, materials: [{ name: 'note', type: 'STRING' }] }),
  );
  await shop.kubectl('label namespace shop tier=production');
  await untilMerged(1);
  const run = await open();
  assert.is.not(run.contract.revisionName, before.contract.revisionName);
  assert.equal(
    run.completeness.missing.map(({ name }) => name),
    ['note'],
  );
  assert.ok(Date.parse(run.deadline) <= Date.now() + 3600_000, run.deadline);
  const refused = await shop.http.refused('contract-not-met', pathOf(run, '/attestation'), await pushing(run));
  assert.match(refused.errors?.[0]?.message ?? '', /STRING is missing; type: proviso add note/);
  await push(before);
  // It was accepted, but not under the baseline.
  await untilCompliant(1, 0);
  const note = { method: 'PUT', token, body: 'hello' };
  assert.is((await shop.http.call(pathOf(run, '/materials/note'), note)).status, 200);
  await push(run);
  await untilCompliant(1, 1);
});

test('a new revision has to be complied with anew, and one that is not ready lets no run be opened', async () => {
  const materials = [{ name: 'other', type: 'STRING' }];
  await shop.kubectl('apply -f -', manifest('ClusterContract', 'production', { ...BASELINE, materials }));
  await untilMerged(2);
  await untilCompliant(1, 0);
  const policies = { attestation: [{ ref: { name: 'p' } }] };
  await shop.kubectl('apply -f -', manifest('ClusterContract', 'production', { ...BASELINE, materials, policies }));
  await shop.kubectl('wait -n shop --for=condition=Ready=False --timeout=30s workflow.proviso.dev/build');
  const problem = await shop.http.refused('workflow-not-ready', '/v1/runs', {
    method: 'POST',
    token,
    body: { workflow: 'build' },
  });
  assert.match(
    problem.detail,
    /the ClusterContract 'production', which governs it, is not ready: spec\.policies\.attestation\[0\]\.ref: there is no ClusterPolicy 'p'/,
  );
});

test.run();
