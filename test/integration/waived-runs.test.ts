// deadline: 150
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { done, inMs, SECONDS, WaiverBench } from '../support/waiver-bench.ts';

const key = generateTestKey();
const kinds = ['SARIF'];
const NEVER = 'validations: [{expression: "false", message: never good enough}]';
const MANIFESTS = [
  manifest('Policy', 'never', { kinds, source: { inline: NEVER } }),
  manifest('Policy', 'unopened', { attestation: true, phases: ['Init'], source: { inline: NEVER } }),
  manifest('Contract', 'release', {
    signers: [{ key: { inline: key.publicPem } }],
    materials: [
      { name: 'sbom', type: 'ARTIFACT' },
      { name: 'scan', type: 'SARIF', optional: true },
    ],
    policies: { materials: [{ ref: { name: 'never' }, gate: true }], attestation: [{ ref: { name: 'unopened' } }] },
  }),
  JSON.stringify({
    ...{ apiVersion: 'proviso.dev/v1alpha1', kind: 'Workflow' },
    metadata: { name: 'build', labels: { app: 'legacy' } },
    spec: { contractRef: { name: 'release' } },
  }),
  manifest('Workflow', 'other', { contractRef: { name: 'release' } }),
];
const SCAN = '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[]}]}';

let shop: Shop;
let bench: WaiverBench;
const test = suite('waived runs');
test.before(async () => {
  shop = await openShop(MANIFESTS.join('\n---\n'));
  bench = new WaiverBench({
    plane: shop.stack.controlPlane,
    kubectl: shop.kubectl,
    read: async (kind, name) => JSON.parse(await shop.kubectl(`get ${kind} -n shop ${name} -o json`)),
  });
  await bench.prepare();
});
test.after(() => shop?.stop());

async function waive(name: string, spec: object): Promise<void> {
  done(await bench.create('alice', name, spec));
  done(await bench.approve('bob', name));
  await bench.until(name, 'Approved');
}
const policy = (name: string) => ({ material: undefined, policy: { name } });

async function open(workflow: string) {
  const token = await shop.tokenOf(workflow);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.is(opened.status, 201, opened.body.toString());
  const { run } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}`;
  const pushing = async () => {
    const statement = await shop.http.call(`${path}/statement`, { token });
    return { method: 'POST', token, body: signedBundle(statement.body, key) };
  };
  return {
    ...{ run, path, token, pushing },
    add: (material: string, body: string) =>
      shop.http.call(`${path}/materials/${material}`, { method: 'PUT', token, body }),
    state: async () => (await shop.http.call(path, { token })).json<RunMessage>(),
    push: async () => (await shop.http.call(`${path}/attestation`, await pushing())).json<RunMessage>(),
  };
}

test('what a policy says at init is waived for the workflows that are meant, and for no other', async () => {
  const token = await shop.tokenOf('build');
  await shop.http.refused('policy-violated', '/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  await waive('unopened', policy('unopened'));
  await open('build');
  const other = await shop.tokenOf('other');
  const opening = { method: 'POST', token: other, body: { workflow: 'other' } };
  await shop.http.refused('policy-violated', '/v1/runs', opening);
});

test('a material that is missing: refused, then waived, and told as that', async () => {
  const run = await open('build');
  await shop.http.refused('contract-not-met', `${run.path}/attestation`, await run.pushing());
  await waive('sbom', {});
  const { completeness } = await run.state();
  assert.equal([completeness.complete, completeness.waived, completeness.missing], [true, ['sbom'], []]);
  const pushed = await run.push();
  assert.equal([pushed.succeeded, pushed.reason], ['True', 'Waived']);
  assert.match(pushed.message, /^0 of 1 required materials \(waived: sbom\), signed by /);
  const waivers = pushed.waivers?.map(({ name, owner, approvedBy, material, policy: of }) => [
    name,
    owner,
    approvedBy,
    material ?? of,
  ]);
  assert.equal(waivers, [
    ['sbom', 'payments', 'bob', 'sbom'],
    ['unopened', 'payments', 'bob', 'unopened'],
  ]);
  const bundle = await shop.http.call(`/v1/evidence/${pushed.statements?.[0]?.digest}`, { token: run.token });
  const { dsseEnvelope } = bundle.json<{ readonly dsseEnvelope: { readonly payload: string } }>();
  const { predicate } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as {
    readonly predicate: { readonly verifiedLevels: readonly string[] };
  };
  assert.equal(predicate.verifiedLevels, ['PROVISO_CONTRACT_WAIVED'], 'the control plane says that it is not met');
  await shop.kubectl('delete waiver -n shop sbom');
  assert.equal((await run.state()).completeness.waived, ['sbom'], 'a verdict stays what it was');
});

test('a gate that is waived is armed again at the very moment that the waiver ends', async () => {
  const [first, second] = [await open('build'), await open('build')];
  for (const run of [first, second]) {
    for (const [material, body] of [
      ['sbom', 'x'],
      ['scan', SCAN],
    ] as const) {
      assert.is((await run.add(material, body)).status, 200);
    }
  }
  const expires = inMs(5 * SECONDS);
  await waive('short', { ...policy('never'), expires });
  const waived = await first.push();
  assert.equal([waived.succeeded, waived.reason], ['True', 'Waived']);
  assert.match(waived.message, /the policy 'never' says of 'scan': never good enough \(waived by 'short'\)/);
  const status = some((await shop.run(first.run)).status);
  const compliance = status.conditions?.find(({ type }) => type === 'PolicyCompliant');
  assert.equal([compliance?.status, compliance?.reason], ['True', 'Waived']);
  assert.equal(
    status.policies?.violations?.map(({ waiver }) => waiver),
    ['short', 'unopened'],
  );
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(expires) - Date.now())));
  const blocked = await second.push();
  assert.equal([blocked.succeeded, blocked.reason], ['False', 'PolicyViolation']);
});

test('attack: a waiver that only its author stands behind excuses nothing', async () => {
  done(await bench.create('alice', 'own', policy('never')));
  const run = await open('build');
  await run.add('sbom', 'x');
  await run.add('scan', SCAN);
  assert.is((await run.push()).reason, 'PolicyViolation');
});

test.run();
