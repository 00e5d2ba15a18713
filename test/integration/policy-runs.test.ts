// deadline: 180
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import type { Contract, WorkflowRun } from '../../src/api/types.gen.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { sbom } from '../support/cyclonedx.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { tool } from '../tools/tool.ts';

const key = generateTestKey();
const signers = [{ key: { inline: key.publicPem } }];
const SBOM = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };

const NO_GPL = `
variables:
  - name: banned
    expression: inputs.licenses.split(',')
validations:
  - forEach: sbom.components(input)
    expression: "!item.licenses.exists(l, l in variables.banned)"
    messageExpression: "item.name + ' is under ' + item.licenses.join(', ')"
    subjectExpression: item.purl
`;
const BRANCH = `
validations:
  - expression: input.predicate.annotations.branch == 'main'
    message: only runs of main are opened
`;
const COMPLETE = `
validations:
  - expression: input.subject.size() > 0 && input.predicate.materials.all(m, has(m.digest))
    message: a material has no digest
`;
const ERROR = 'validations: [{expression: input.nowhere.atAll, message: never}]';
const REGO = `package main
import rego.v1
result := {"skipped": skipped, "skip_reason": "no components", "violations": violations}
default skipped := false
skipped if not input.components
violations contains msg if {
  some c in input.components
  not c.version
  msg := sprintf("%s has no version in %s", [c.name, input.chainloop_metadata.name])
}
`;

const kinds = ['SBOM_CYCLONEDX_JSON'];
const inputs = [{ name: 'licenses', default: 'GPL-3.0-only' }];
const attached = (name: string, more: object = {}) => ({ ref: { name }, ...more });
const MANIFESTS = [
  manifest('Policy', 'no-gpl', { kinds, inputs, source: { inline: NO_GPL } }),
  manifest('Policy', 'branch', { attestation: true, phases: ['Init'], source: { inline: BRANCH } }),
  manifest('Policy', 'complete', { attestation: true, source: { inline: COMPLETE } }),
  manifest('Policy', 'error', { kinds, source: { inline: ERROR } }),
  manifest('Policy', 'late', { kinds, phases: ['Push'], source: { inline: NO_GPL }, inputs }),
  manifest('Contract', 'strict', {
    ...{ signers, materials: [SBOM], annotations: [{ name: 'branch', value: 'main' }] },
    policies: { materials: [attached('no-gpl')], attestation: [attached('branch'), attached('complete')] },
  }),
  manifest('Contract', 'audit', {
    ...{ signers, materials: [SBOM], enforcement: 'Audit' },
    policies: { materials: [attached('no-gpl', { with: { licenses: 'MIT,GPL-3.0-only' } })] },
  }),
  manifest('Contract', 'gated', {
    ...{ signers, materials: [SBOM], enforcement: 'Audit' },
    policies: {
      materials: [attached('late', { gate: true, selector: { name: 'sbom' } }), attached('error')],
    },
  }),
  manifest('Contract', 'branched', {
    ...{ signers, annotations: [{ name: 'branch' }] },
    policies: { attestation: [attached('branch')] },
  }),
  manifest('Contract', 'rego', {
    ...{ signers, materials: [SBOM] },
    policies: { materials: [{ ref: { kind: 'ClusterPolicy', name: 'versions' }, onSkip: 'Block' }] },
  }),
  ...['strict', 'audit', 'gated', 'branched', 'rego'].map((name) =>
    manifest('Workflow', name, { contractRef: { name } }),
  ),
];

let shop: Shop;
const test = suite('policies in runs');
test.before(async () => {
  process.env.PROVISO_OPA = await tool('opa');
  shop = await openShop(MANIFESTS.join('\n---\n'));
  await shop.kubectl(
    'apply -f -',
    manifest('ClusterPolicy', 'versions', { engine: 'Rego', kinds, source: { inline: REGO } }),
  );
});
test.after(() => shop?.stop());

interface Run {
  readonly name: string;
  add(content: string, query?: string): Promise<MaterialMessage>;
  statement(): Promise<Buffer>;
  push(body?: Uint8Array): Promise<RunMessage>;
  status(): Promise<NonNullable<WorkflowRun['status']>>;
}

async function open(workflow: string, annotations: Readonly<Record<string, string>> = {}): Promise<Run> {
  const token = await shop.tokenOf(workflow);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow, annotations } });
  assert.is(opened.status, 201, opened.body.toString());
  const { run: name } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${name}`;
  const statement = async () => (await shop.http.call(`${path}/statement`, { token })).body;
  return {
    name,
    statement,
    async add(body, query = '') {
      const answer = await shop.http.call(`${path}/materials/sbom${query}`, { method: 'PUT', token, body });
      assert.is(answer.status, 200, answer.body.toString());
      return answer.json();
    },
    async push(given) {
      const body = given ?? signedBundle(await statement(), key);
      const answer = await shop.http.call(`${path}/attestation`, { method: 'POST', token, body });
      assert.is(answer.status, 200, answer.body.toString());
      return answer.json();
    },
    status: async () => some((await shop.run(name)).status),
  };
}

async function download(digest: string | undefined, workflow = 'strict'): Promise<Record<string, unknown>> {
  const answer = await shop.http.call(`/v1/evidence/${digest}`, { token: await shop.tokenOf(workflow) });
  assert.is(answer.status, 200, answer.body.toString());
  assert.is(`sha256:${sha256Hex(answer.body.toString())}`, digest);
  return answer.json();
}
const condition = (status: NonNullable<WorkflowRun['status']>, type: string) =>
  status.conditions?.find((each) => each.type === type);

test('nothing objects: accepted, with all that was said as evidence and in the statement', async () => {
  const run = await open('strict');
  const { material } = await run.add(sbom('MIT'));
  assert.equal(material.policies, [{ kind: 'Policy', policy: 'no-gpl', outcome: 'Passed' }]);
  const { predicate } = JSON.parse((await run.statement()).toString()) as { predicate: Record<string, unknown> };
  assert.is(predicate.policyEvaluationsCount, 2);
  assert.is(predicate.policyHasViolations, false);
  assert.equal(Object.keys(predicate.policyEvaluations as object), ['CHAINLOOP.ATTESTATION', 'sbom']);
  const pushed = await run.push();
  assert.is(pushed.reason, 'Accepted', pushed.message);
  assert.match(pushed.message, /; policies were asked 3 times: 3 passed$/);
  const status = await run.status();
  assert.is(status.policies?.summary, '3/3');
  assert.equal(
    status.policies?.evaluations?.map(({ phase, policy, outcome }) => [phase, policy, outcome]),
    [
      ['Init', 'branch', 'Passed'],
      ['Push', 'complete', 'Passed'],
    ],
  );
  assert.is(condition(status, 'PolicyCompliant')?.reason, 'Compliant');
  const said = await download(status.materials?.[0]?.evaluations?.digest);
  const [judged] = said.judged as { evaluations: { inputs: object; source: string; outcome: object }[] }[];
  assert.equal(judged?.evaluations[0]?.inputs, { licenses: 'GPL-3.0-only' });
  assert.is(judged?.evaluations[0]?.source, `sha256:${sha256Hex(NO_GPL)}`);
  assert.equal(judged?.evaluations[0]?.outcome, { kind: 'evaluated', violations: [] });
  for (const each of [status.policies?.atInit, status.policies?.atPush]) await download(each?.digest);
});

/** The runs in the cluster that a policy says it was asked of, how often it was, and how often it objected or failed. */
const isCounted = (policy: string, counts: string) =>
  eventually(`${counts} of ${policy}`, async () => {
    const path = ['runs', 'evaluated', 'violated', 'failed'].map((name) => `{.status.evaluations.${name}}`);
    return (await shop.kubectl(`get -n shop ${policy} -o jsonpath=${path.join(',')}`)) === counts;
  });

test('an objection is told at add, can be mended there, and else fails the run', async () => {
  const run = await open('strict');
  const { material } = await run.add(sbom('GPL-3.0-only'));
  const objection = { outcome: 'Violated', violations: 1, subject: 'pkg:npm/readline' };
  const message = 'readline is under GPL-3.0-only';
  assert.equal(material.policies, [{ kind: 'Policy', policy: 'no-gpl', ...objection, message }]);
  const mended = await run.add(sbom('MIT'), '?replace=true');
  assert.is(mended.material.policies?.[0]?.outcome, 'Passed');
  await run.add(sbom('GPL-3.0-only'), '?replace=true');
  const bundle = signedBundle(await run.statement(), key);
  const pushed = await run.push(bundle);
  assert.is(pushed.succeeded, 'False');
  assert.is(pushed.reason, 'PolicyViolation');
  assert.is(pushed.message, `the policy 'no-gpl' says of 'sbom': ${message}`);
  const status = await run.status();
  assert.is(status.policies?.summary, '2/3');
  assert.equal(status.policies?.violations, [
    { kind: 'Policy', policy: 'no-gpl', material: 'sbom', subject: 'pkg:npm/readline', message, violations: 1 },
  ]);
  assert.is(status.statements, undefined, 'the control plane vouches for nothing');
  const compliance = condition(status, 'PolicyCompliant');
  assert.equal([compliance?.status, compliance?.reason], ['False', 'Violated']);
  const repeated = await run.push(bundle);
  assert.is(repeated.reason, 'PolicyViolation', 'the same push has the same answer');
  await isCounted('policy.proviso.dev/no-gpl', '2,2,1,0');
  await eventually('the event', async () =>
    /PolicyViolation/.test(await shop.kubectl(`get events -n shop --field-selector involvedObject.name=${run.name}`)),
  );
});

test('attack: a statement that says nothing was violated is refused', async () => {
  const run = await open('audit');
  await run.add(sbom('MIT'));
  const statement = JSON.parse((await run.statement()).toString()) as { predicate: Record<string, unknown> };
  assert.is(statement.predicate.policyHasViolations, true);
  const predicate = { ...statement.predicate, policyHasViolations: false, policyViolationsCount: 0 };
  const forged = signedBundle(Buffer.from(JSON.stringify({ ...statement, predicate })), key);
  const token = await shop.tokenOf('audit');
  const path = `/v1/namespaces/shop/runs/${run.name}/attestation`;
  const problem = await shop.http.refused('statement-mismatch', path, { method: 'POST', token, body: forged });
  assert.match(JSON.stringify(problem.errors), /policyHasViolations/);
  const pushed = await run.push();
  assert.equal([pushed.succeeded, pushed.reason], ['True', 'AcceptedWithViolations']);
  assert.is(condition(await run.status(), 'PolicyCompliant')?.status, 'False');
});

test('a gate fails the run also where the contract only wants to know; stored bytes are judged at push', async () => {
  const run = await open('gated');
  const { material } = await run.add(sbom('GPL-3.0-only'));
  // What it thinks isn't known, which is no pass.
  assert.equal(
    material.policies?.map(({ policy, outcome }) => [policy, outcome]),
    [['error', 'Failed']],
  );
  const pushed = await run.push();
  assert.is(pushed.reason, 'PolicyViolation');
  assert.match(pushed.message, /^the policy 'late' says of 'sbom': readline is under GPL-3\.0-only, and 1 more/);
  const fine = await open('gated');
  await fine.add(sbom('MIT'));
  assert.is(
    (await fine.push()).reason,
    'AcceptedWithViolations',
    'of the one that fails the contract only wants to know',
  );
});

test('at init: no run is opened that could only fail', async () => {
  const token = await shop.tokenOf('branched');
  const opening = (branch: string, more: object = {}) => ({
    ...{ method: 'POST', token },
    body: { workflow: 'branched', annotations: { branch }, ...more },
  });
  const before = (await shop.runs()).length;
  const problem = await shop.http.refused('policy-violated', '/v1/runs', opening('feature'));
  assert.is(problem.errors?.[0]?.message, 'branch: only runs of main are opened');
  await shop.http.refused('policy-violated', '/v1/runs', opening('feature', { dryRun: true }));
  assert.is((await shop.runs()).length, before);
  assert.equal((await shop.stored()).staging, []);
  const run = await open('branched', { branch: 'main' });
  assert.is((await run.status()).policies?.summary, '1/1');
  assert.is((await run.push()).reason, 'Accepted');
});

test('Rego by OPA, a policy of the cluster, and what is skipped under Block', async () => {
  const run = await open('rego');
  const { material } = await run.add(sbom('', 'left-pad'));
  assert.is(material.policies?.[0]?.message, 'left-pad has no version in sbom');
  const skipped = await run.add(sbom(), '?replace=true');
  assert.equal(skipped.material.policies, [
    { kind: 'ClusterPolicy', policy: 'versions', outcome: 'Skipped', message: 'no components', blocked: true },
  ]);
  await run.add(sbom('MIT'), '?replace=true');
  assert.is((await run.push()).reason, 'Accepted');
  await isCounted('clusterpolicy/versions', '1,1,0,0');
});

test('a run is judged by what the policy was when it was opened, changed or deleted', async () => {
  const run = await open('audit');
  const revision = (await shop.run(run.name)).spec.contract.revisionName;
  const lenient = NO_GPL.replace('item.licenses.exists(l, l in variables.banned)', 'false');
  await shop.kubectl(
    'apply -n shop -f -',
    manifest('Policy', 'no-gpl', { kinds, inputs, source: { inline: lenient } }),
  );
  const contract = async () => JSON.parse(await shop.kubectl('get contract -n shop audit -o json')) as Contract;
  await eventually(
    'a revision with the other source',
    async () => (await contract()).status?.revisionName !== revision,
  );
  assert.is((await run.add(sbom('MIT'))).material.policies?.[0]?.outcome, 'Violated');
  await shop.kubectl('delete policies.proviso.dev -n shop no-gpl');
  await shop.kubectl('wait -n shop --for=condition=Stalled contract/audit --timeout=20s');
  assert.match(
    (await contract()).status?.conditions?.find(({ type }) => type === 'Stalled')?.reason ?? '',
    /PolicyNotFound/,
  );
  assert.is((await run.push()).reason, 'AcceptedWithViolations');
  await eventually('no more runs', async () => {
    const workflow = await shop.kubectl('get workflow.proviso.dev -n shop audit');
    return / False /.test(workflow);
  });
  await shop.kubectl('apply -n shop -f -', manifest('Policy', 'no-gpl', { kinds, inputs, source: { inline: NO_GPL } }));
  await shop.kubectl('wait -n shop --for=condition=Ready workflow.proviso.dev/audit --timeout=20s');
});

test('the CLI says what is objected to, and ends with 4', async () => {
  const work = await mkdtemp(join(tmpdir(), 'proviso-policies-'));
  await writeFile(join(work, 'bad.json'), sbom('GPL-3.0-only'));
  await writeFile(join(work, 'good.json'), sbom('MIT'));
  const env = { PROVISO_DIR: await mountSecret(shop, 'strict'), PROVISO_ENDPOINT: shop.stack.endpoint };
  assert.is((await runProviso(work, 'init', env)).code, 0);
  const bad = await runProviso(work, 'add sbom bad.json', env);
  assert.is(bad.code, 4, bad.text);
  assert.match(bad.out, /sbom violates no-gpl: pkg:npm\/readline: readline is under GPL-3\.0-only\n/);
  assert.match(bad.err, /the run will fail as it stands\n/);
  assert.match(bad.out, /Next: proviso add sbom FILE --replace\n/);
  assert.match((await runProviso(work, 'status', env)).out, /sbom violates no-gpl/);
  const good = await runProviso(work, 'add sbom good.json --replace', env);
  assert.is(good.code, 0, good.text);
});

test.run();
