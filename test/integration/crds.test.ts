import { readdir } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { connect, type KubeConnection } from '../../src/kube/connect.ts';
import type { KubeError } from '../../src/kube/error.ts';
import { COMPLETE_OBJECTS, contract, REFUSED_OBJECTS } from '../api/refused-objects.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { readPages } from '../support/pages.ts';
import { attestation, succeeded, workflowRun } from '../support/workflow-run.ts';

const test = suite('crds');
const NAMESPACE = 'shop';
const OPERATOR = 'system:serviceaccount:proviso-system:proviso-operator';
const PLURALS: Readonly<Record<string, string>> = {
  Contract: `namespaces/${NAMESPACE}/contracts`,
  Workflow: `namespaces/${NAMESPACE}/workflows`,
  ClusterContract: 'clustercontracts',
  EvidenceStore: 'evidencestores',
  TrustRoot: 'trustroots',
  Policy: `namespaces/${NAMESPACE}/policies`,
  ClusterPolicy: 'clusterpolicies',
  Waiver: `namespaces/${NAMESPACE}/waivers`,
  PolicyGroup: `namespaces/${NAMESPACE}/policygroups`,
  ClusterPolicyGroup: 'clusterpolicygroups',
};
let plane: ControlPlane;
let connection: KubeConnection;

test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  connection = connect(plane.adminKubeconfig);
  await kubectl('create', 'namespace', NAMESPACE);
});
test.after(() => plane?.stop());

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const apply = async (object: object): Promise<void> => {
  const { code, stderr } = await plane.kubectl(['apply', '-n', NAMESPACE, '-f', '-'], {
    input: JSON.stringify(object),
  });
  if (code !== 0) throw new Error(stderr);
};

/** What the operator would write. */
const writeStatus = (resource: string, name: string, status: object): Promise<string> =>
  kubectl(
    ...['patch', resource, name, '-n', NAMESPACE, '--subresource=status', '--type=merge', `--as=${OPERATOR}`],
    ...['-p', JSON.stringify({ status })],
  );

/** Creates without keeping; answers what the API server says against it. */
async function refusalOf(object: object): Promise<KubeError | undefined> {
  const { kind } = object as { readonly kind: string };
  const path = `/apis/proviso.dev/v1alpha1/${PLURALS[kind]}`;
  try {
    await connection.transport.send({
      method: 'POST',
      path,
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: object,
    });
    return undefined;
  } catch (error) {
    return error as KubeError;
  }
}

for (const { what, object, says, serverSays } of REFUSED_OBJECTS) {
  test(`the API server refuses ${what}, with a sentence`, async () => {
    const refusal = await refusalOf(object);
    assert.ok([400, 422].includes(refusal?.code ?? 0), `answered ${refusal?.code} ${refusal?.message}`);
    assert.match(refusal?.message ?? '', serverSays ?? says);
  });
}

for (const object of COMPLETE_OBJECTS) {
  test(`the API server takes a ${(object as { kind: string }).kind} with every field`, async () => {
    assert.is((await refusalOf(object))?.message, undefined);
  });
}

test('the library of policies applies as a directory, without its tests', async () => {
  const out = await kubectl('apply', '-f', new URL('../../config/policies', import.meta.url).pathname);
  const files = (await readdir(new URL('../../config/policies', import.meta.url))).filter((name) =>
    name.endsWith('.yaml'),
  );
  assert.is(out.trim().split('\n').length, files.length);
});

test('kubectl refuses an unknown field by name', async () => {
  const input = JSON.stringify(contract({ materails: [] }));
  const { code, stderr } = await plane.kubectl(['apply', '-n', NAMESPACE, '-f', '-'], { input });
  assert.is(code, 1);
  assert.match(stderr, /unknown field "spec\.materails"/);
});

test('the samples apply, and kubectl shows their columns', async () => {
  const folder = new URL('../../config/samples/', import.meta.url);
  // A Waiver has a time, which passes, and an author; it has a test of its own.
  const names = (await readdir(folder)).filter((name) => name !== 'waiver.yaml');
  await kubectl('apply', '-n', NAMESPACE, ...names.flatMap((name) => ['-f', new URL(name, folder).pathname]));
  await writeStatus('contracts', 'release', {
    revision: 3,
    materials: 3,
    workflows: 1,
    conditions: [{ ...succeeded('True', 'Ready'), type: 'Ready', message: 'fine' }],
  });
  const lines = (await kubectl('get', '-n', NAMESPACE, 'ctr')).split('\n');
  assert.match(lines[0] ?? '', /^NAME +READY +REVISION +MATERIALS +WORKFLOWS +AGE$/);
  const release = lines.find((line) => line.startsWith('release '));
  assert.match(release ?? '', /^release +True +3 +3 +1 +\d+s$/);
  const wide = await kubectl('get', '-n', NAMESPACE, 'contracts', '-o', 'wide');
  assert.match(wide, /AGE +REASON +MESSAGE\n[\s\S]*\nrelease .* Ready +fine/);
  await writeStatus('workflows.proviso.dev', 'build', {
    successRate: '92%',
    contract: { name: 'release', revision: 3, revisionName: 'release-x', digest: `sha256:${'ab'.repeat(32)}` },
    lastRun: { name: 'build-1', result: 'Accepted', startTime: '2026-01-01T00:00:00Z' },
  });
  const workflows = await kubectl('get', '-n', NAMESPACE, 'wkf', '-o', 'wide');
  assert.match(
    workflows,
    /^NAME +READY +CONTRACT +LAST RUN +RESULT +SUCCESS RATE +AGE +TEAM +REVISION +HEALTHY +MESSAGE\nbuild +release +\d+\w+ +Accepted +92% +\d+s +payments +3/,
  );
  assert.match(await kubectl('get', 'evs'), /^NAME +READY +PROVIDER +DEFAULT +MOVED +LAST CHECK +AGE\ndefault +true/);
});

test('runs show verdict and progress, and are found by field', async () => {
  const { client } = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver'));
  const run = workflowRun('build-columns', NAMESPACE);
  await client.create(KIND.WorkflowRun, run);
  await writeStatus('workflowruns', 'build-columns', {
    progress: { summary: '2/3', required: 3, present: 2, missing: ['sbom'] },
    attestation,
    conditions: [succeeded('True', 'Accepted')],
  });
  const fields = 'spec.workflowRef.name=build,spec.contract.revisionName=release-3f9a01c2de,spec.runner.type=GENERIC';
  const table = await kubectl('get', '-n', NAMESPACE, 'wkr', '--field-selector', fields);
  assert.match(
    table,
    /^NAME +WORKFLOW +SUCCEEDED +REASON +MATERIALS +SIGNER +AGE\nbuild-columns +build +True +Accepted +2\/3 +SHA256:abc +\d+s\n$/,
  );
  assert.match(
    await kubectl('get', '-n', NAMESPACE, 'wkr', '-o', 'wide'),
    /AGE +REVISION +POLICIES +DIGEST +MESSAGE\n/,
  );
  assert.is(await kubectl('get', '-n', NAMESPACE, 'wkr', '--field-selector', 'spec.workflowRef.name=x'), '');
  assert.match(await kubectl('get', '-n', NAMESPACE, 'proviso'), /contract\.proviso\.dev\/release[\s\S]*workflowrun/);
});

test('kubectl explain is a manual', async () => {
  const workflow = await kubectl('explain', 'workflow.spec');
  for (const field of ['contractRef', 'evidenceStoreRef', 'expectations', 'history', 'submitters', 'token']) {
    assert.match(workflow, new RegExp(`\n  ${field}\t<Object>|\n  ${field}\t<\\[\\]Object>`));
  }
  assert.match(await kubectl('explain', 'contract.spec.deadline'), /Default `1h`/);
  assert.match(
    await kubectl('explain', 'workflow.spec.expectations.minSuccessRate'),
    /FailureRateHigh[\s\S]*Default `0\.5`/,
  );
  assert.match(await kubectl('explain', 'workflowrun.status.conditions'), /PolicyViolation/);
});

/** What people apply, from every page. */
const shown = [...(await readPages())].flatMap(([page, text]) => {
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
  const own = blocks.filter((block) => block.includes('apiVersion: proviso.dev/'));
  return own.flatMap((block) => loadAll(block).map((object) => ({ page, object: object as KubeObject })));
});
/** Under a name that is free, and a Waiver as if it were made now, by whoever makes it here. */
const asOfNow = (object: KubeObject & { readonly spec?: object }): object => {
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const made = object.kind === 'Waiver' ? { requestedBy: 'admin', expires } : {};
  const metadata = { ...object.metadata, name: `${object.metadata.name}-shown` };
  return { ...object, metadata, spec: { ...object.spec, ...made } };
};

for (const page of new Set(shown.map((each) => each.page))) {
  test(`${page}: the API server takes every object that it shows`, async () => {
    for (const { object } of shown.filter((each) => each.page === page && each.object.kind !== 'WorkflowRun')) {
      assert.is((await refusalOf(asOfNow(object)))?.message, undefined, object.kind);
    }
  });
}

test('every kind is shown by its page, and the run there is one that Proviso could write', async () => {
  const kindsOn = (page: string) => shown.filter((each) => each.page === page).map(({ object }) => object.kind);
  for (const kind of [...Object.keys(PLURALS), 'WorkflowRun']) {
    assert.ok(kindsOn(`docs/${kind.toLowerCase()}.md`).includes(kind), kind);
  }
  const run = shown.find(({ object }) => object.kind === 'WorkflowRun')?.object as WorkflowRun;
  const { client } = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver'));
  const created = await client.create(KIND.WorkflowRun, run);
  assert.equal(created.spec, run.spec);
  await writeStatus('workflowruns', run.metadata.name, run.status ?? {});
  const read = JSON.parse(await kubectl('get', '-n', NAMESPACE, 'wkr', run.metadata.name, '-o', 'json')) as WorkflowRun;
  assert.equal(read.status, run.status);
});

test('a status is left out of what people write', async () => {
  await apply({ ...contract({}, 'sneaky'), status: { revision: 9 } });
  assert.is(await kubectl('get', '-n', NAMESPACE, 'ctr', 'sneaky', '-o', 'jsonpath={.status}'), '');
});

test.run();
