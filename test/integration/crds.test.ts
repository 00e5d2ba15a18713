// deadline: 120
import { readdir } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds } from '../../scripts/gen/crds.ts';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { connect, type KubeConnection } from '../../src/kube/connect.ts';
import type { KubeError } from '../../src/kube/error.ts';
import { COMPLETE_OBJECTS, contract, REFUSED_OBJECTS } from '../api/refused-objects.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { readPages } from '../support/pages.ts';
import { AGE, SHOWN_ROWS, WAIVER_ENDS } from '../support/shown-rows.ts';
import { some } from '../support/some.ts';
import { succeeded, workflowRun } from '../support/workflow-run.ts';

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
  Subscription: `namespaces/${NAMESPACE}/subscriptions`,
  PolicyGroup: `namespaces/${NAMESPACE}/policygroups`,
  ClusterPolicyGroup: 'clusterpolicygroups',
};
const crds = await readCrds();
let plane: ControlPlane;
let connection: KubeConnection;
let ofReceiver: KubeClient | undefined;

test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  connection = connect(plane.adminKubeconfig);
  await kubectl('create', 'namespace', NAMESPACE);
  ({ client: ofReceiver } = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver')));
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
const writeStatus = (
  resource: string,
  name: string,
  status: object,
  where: readonly string[] = ['-n', NAMESPACE],
): Promise<string> =>
  kubectl(
    ...['patch', resource, name, ...where, '--subresource=status', '--type=merge', `--as=${OPERATOR}`],
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

/** The one that may open runs. */
const receiver = (): KubeClient => some(ofReceiver);
const shopOf = (kind: string): readonly string[] => (KIND[kind as 'Contract'].namespaced ? ['-n', NAMESPACE] : []);
const shortOf = (kind: string): string =>
  crds.find((crd) => crd.kind === kind)?.document.spec.names.shortNames[0] ?? '';
const columnsOf = (kind: string, isWide: boolean): readonly string[] => {
  const all = crds.find((crd) => crd.kind === kind)?.document.spec.versions[0]?.additionalPrinterColumns ?? [];
  const shown = all.filter(({ priority = 0 }) => isWide || priority === 0);
  return ['NAME', ...shown.map(({ name }) => name.toUpperCase())];
};

test('the samples apply', async () => {
  const folder = new URL('../../config/samples/', import.meta.url);
  // A Waiver has a time, which passes, and an author.
  const names = (await readdir(folder)).filter((name) => name !== 'waiver.yaml');
  await kubectl('apply', '-n', NAMESPACE, ...names.flatMap((name) => ['-f', new URL(name, folder).pathname]));
  await kubectl('patch', 'evs', 'default', '--type=merge', '-p', '{"spec":{"fallback":false}}');
});

test('a waiver and a run are made by those who may', async () => {
  const masters = '--as-group=system:masters';
  const spec = {
    ...{ policy: { name: 'sbom-is-fresh' }, selector: { matchLabels: { app: 'legacy' } }, owner: 'payments' },
    ...{ reason: 'SEC-1234', expires: WAIVER_ENDS, requestedBy: 'alice' },
  };
  const waiver = { apiVersion: 'proviso.dev/v1alpha1', kind: 'Waiver', metadata: { name: 'legacy-sbom' }, spec };
  const made = await plane.kubectl(['create', '-n', NAMESPACE, '--as=alice', masters, '-o', 'json', '-f', '-'], {
    input: JSON.stringify(waiver),
  });
  assert.is(made.code, 0, made.stderr);
  const { uid } = (JSON.parse(made.stdout) as KubeObject).metadata;
  const approval = JSON.stringify({ spec: { approvedBy: 'bob', approvedUid: uid } });
  await kubectl('patch', 'wvr', 'legacy-sbom', '-n', NAMESPACE, '--as=bob', masters, '--type=merge', '-p', approval);
  const run = workflowRun('build-shown', NAMESPACE);
  const owner = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name: 'build-x7k2p', uid: 'x' };
  await receiver().create(KIND.WorkflowRun, {
    ...run,
    spec: { ...run.spec, identity: { ...run.spec.identity, owner }, commit: { sha: 'c'.repeat(40) } },
  });
});

test('every kind is among what is shown', () => {
  assert.equal(SHOWN_ROWS.map(({ kind }) => kind).sort(), crds.map(({ kind }) => kind).sort());
});

for (const { kind, name, status, cells } of SHOWN_ROWS) {
  test(`kubectl get shows the columns of ${kind}, each from where it is written`, async () => {
    const short = shortOf(kind);
    await writeStatus(short, name, status, shopOf(kind));
    const [head = '', row = ''] = (await kubectl('get', short, name, ...shopOf(kind), '-o', 'wide')).split('\n');
    assert.equal(head.split(/ {2,}/), columnsOf(kind, true));
    const shown = row.trim().split(/ {2,}/);
    assert.equal(
      shown.map((cell, index) => (cells[index - 1] === AGE && /^\d+\w+$/.test(cell) ? AGE : cell)),
      [name, ...cells],
    );
    const narrow = await kubectl('get', short, name, ...shopOf(kind));
    assert.equal(narrow.split('\n')[0]?.split(/ {2,}/), columnsOf(kind, false));
  });
}

/** By kind and field a value that the object shown above has there. */
const SELECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Contract: { 'spec.enforcement': '' },
  ClusterContract: { 'spec.enforcement': '' },
  Workflow: {
    ...{ 'spec.contractRef.name': 'release', 'spec.project': 'shop', 'spec.team': 'payments' },
    'spec.reevaluate.onChange': '',
  },
  WorkflowRun: {
    ...{ 'spec.workflowRef.name': 'build', 'status.result': 'Accepted', 'spec.contract.name': 'release' },
    ...{ 'spec.contract.revisionName': 'release-3f9a01c2de', 'spec.runner.type': 'GENERIC' },
    ...{ 'spec.project': '', 'spec.team': '' },
  },
  Policy: { 'spec.engine': 'CEL' },
  ClusterPolicy: { 'spec.engine': 'Rego' },
  Waiver: {
    ...{ 'spec.owner': 'payments', 'spec.policy.name': 'sbom-is-fresh', 'spec.material': '' },
    'spec.approvedBy': 'bob',
  },
};

for (const { kind, document } of crds) {
  const fields = document.spec.versions[0]?.selectableFields?.map(({ jsonPath }) => jsonPath.slice(1)) ?? [];
  test(`objects of ${kind} are found by their fields: ${fields.join(', ') || 'none'}`, async () => {
    const wanted = SELECTED[kind] ?? {};
    assert.equal(fields.toSorted(), Object.keys(wanted).sort());
    const name = SHOWN_ROWS.find((row) => row.kind === kind)?.name ?? '';
    const found = async (selector: string): Promise<readonly string[]> => {
      const out = await kubectl('get', shortOf(kind), ...shopOf(kind), '--field-selector', selector, '-o', 'name');
      return out.split('\n').map((line) => line.split('/')[1] ?? '');
    };
    for (const [field, value] of Object.entries(wanted)) {
      assert.ok((await found(`${field}=${value}`)).includes(name), `${field}=${value}`);
      assert.not((await found(`${field}=other`)).includes(name), field);
    }
  });
}

test('a run is found by its workflow as a label too, and by several fields at once', async () => {
  assert.match(
    await kubectl('get', '-n', NAMESPACE, 'wkr', '-l', 'proviso.dev/workflow=build'),
    /^NAME +WORKFLOW +SUCCEEDED +REASON +MATERIALS +SIGNER +AGE\nbuild-shown +build +True +Accepted +2\/3 +SHA256:abc +\d+s\n$/,
  );
  const both = 'spec.workflowRef.name=build,status.result!=Accepted';
  assert.is(await kubectl('get', '-n', NAMESPACE, 'wkr', '--field-selector', both), '');
  assert.match(await kubectl('get', '-n', NAMESPACE, 'proviso'), /contract\.proviso\.dev\/release[\s\S]*workflowrun/);
});

test('attack: the result of a run is the reason of its verdict, whoever writes it', async () => {
  await receiver().create(KIND.WorkflowRun, workflowRun('build-result', NAMESPACE));
  const write = (status: object) => writeStatus('wkr', 'build-result', status);
  const refused = async (status: object): Promise<void> => {
    const said = await write(status).catch(String);
    assert.match(said, /the result of a run is the reason of its condition Succeeded/);
  };
  await refused({ result: 'Accepted' });
  await refused({ result: 'Accepted', conditions: [succeeded('Unknown', 'Crafting')] });
  await write({ result: 'Crafting', conditions: [succeeded('Unknown', 'Crafting')] });
  await refused({ conditions: [succeeded('False', 'Expired')] });
  await write({ result: 'Expired', conditions: [succeeded('False', 'Expired')] });
  await refused({ result: 'Accepted' });
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
