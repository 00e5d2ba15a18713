// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { API_VERSION } from '../../src/api/labels.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connect.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { attestation, recordedMaterial, recordedStatement, succeeded, workflowRun } from '../support/workflow-run.ts';

/** Attacks by the receiver's own identity, with every right on every object: only the schema stands against it. */
const test = suite('verdict is final');
const NAMESPACE = 'shop';
const MANAGER = 'proviso-receiver';
let plane: ControlPlane;
let client: KubeClient;
let kubeconfig: string;

test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  kubeconfig = await plane.serviceAccountKubeconfig('proviso-system', MANAGER);
  client = connect(kubeconfig).client;
  const grant = ['--clusterrole=cluster-admin', `--serviceaccount=proviso-system:${MANAGER}`];
  for (const args of [
    ['create', 'namespace', NAMESPACE],
    ['create', 'clusterrolebinding', 'attacker', ...grant],
  ]) {
    const { code, stderr } = await plane.kubectl(args);
    if (code !== 0) throw new Error(stderr);
  }
});
test.after(() => plane?.stop());

type Status = Record<string, unknown>;
const decided = (extra: Status = {}): Status => ({
  startTime: '2026-01-01T00:00:00Z',
  materials: [recordedMaterial('package'), recordedMaterial('sbom')],
  attestation,
  statements: [recordedStatement],
  conditions: [succeeded('True', 'Accepted')],
  ...extra,
});
const expired = (): Status => {
  const { attestation: _, statements: __, ...rest } = decided({ conditions: [succeeded('False', 'Expired')] });
  return rest;
};

let count = 0;
/** A new run that stands at `status`. */
async function runAt(status: Status): Promise<string> {
  count += 1;
  const name = `build-${count}`;
  await client.create(KIND.WorkflowRun, workflowRun(name, NAMESPACE));
  await applyStatus(name, status);
  return name;
}

const identity = (name: string) => ({
  apiVersion: API_VERSION,
  kind: 'WorkflowRun',
  metadata: { name, namespace: NAMESPACE },
});
const applyStatus = (name: string, status: unknown, fieldManager = MANAGER) => {
  const object = { ...identity(name), status };
  return client.apply(KIND.WorkflowRun, object, { fieldManager, force: true, subresource: 'status' });
};

const statusOf = async (name: string): Promise<string> =>
  JSON.stringify((await client.get<WorkflowRun>(KIND.WorkflowRun, { namespace: NAMESPACE, name })).status);

/** The ways to write a status; each answers what the API server said, or nothing when it let it through. */
const WRITES: Readonly<Record<string, (name: string, status: unknown) => Promise<string>>> = {
  apply: (name, status) =>
    applyStatus(name, status).then(
      () => '',
      (error: Error) => error.message,
    ),
  PUT: async (name, status) => {
    const current = await client.get<WorkflowRun>(KIND.WorkflowRun, { namespace: NAMESPACE, name });
    return kubectl(['replace', '--subresource=status', '-f', '-'], JSON.stringify({ ...current, status }));
  },
  // A merge patch takes away only what it names: null for each member that the attack leaves out.
  'merge patch': async (name, status) => {
    const gone = { materials: null, attestation: null, statements: null, conditions: null, startTime: null };
    const patch = { status: status === null ? null : { ...gone, ...JSON.parse(JSON.stringify(status)) } };
    return patchStatus(name, 'merge', patch);
  },
  'JSON patch': (name, status) =>
    patchStatus(name, 'json', [
      status === undefined ? { op: 'remove', path: '/status' } : { op: 'replace', path: '/status', value: status },
    ]),
};

const patchStatus = (name: string, type: string, patch: unknown): Promise<string> =>
  kubectl(
    [
      'patch',
      'workflowrun',
      name,
      '-n',
      NAMESPACE,
      '--subresource=status',
      `--type=${type}`,
      '-p',
      JSON.stringify(patch),
    ],
    '',
  );

async function kubectl(args: readonly string[], input: string): Promise<string> {
  const { code, stderr } = await plane.kubectl(args, { input, kubeconfig });
  return code === 0 ? '' : stderr;
}

const other = `sha256:${'c'.repeat(64)}`;
const changed = [{ ...recordedMaterial('package'), digest: other }, recordedMaterial('sbom')];
const more = [recordedMaterial('package'), recordedMaterial('sbom'), recordedMaterial('late')];

const ATTACKS: readonly {
  readonly what: string;
  readonly from: Status;
  readonly to: unknown;
  readonly says: RegExp;
}[] = [
  { what: 'True turned into False', to: decided({ conditions: [succeeded('False', 'PolicyViolation')] }) },
  { what: 'True turned into Unknown', to: decided({ conditions: [succeeded('Unknown', 'Crafting')] }) },
  { what: 'another reason', to: decided({ conditions: [succeeded('True', 'Waived')] }) },
  {
    what: 'Expired turned into Accepted',
    from: expired(),
    to: decided(),
  },
  {
    what: 'a late attestation under Expired',
    from: expired(),
    to: { ...expired(), attestation },
    says: /the run has its verdict/,
  },
  {
    what: 'a late material under Expired',
    from: expired(),
    to: { ...expired(), materials: more },
    says: /the run has its verdict/,
  },
  {
    what: 'the condition under another type',
    to: decided({ conditions: [{ ...succeeded('True', 'Accepted'), type: 'Succeded' }] }),
    says: /the condition Succeeded can't be taken away/,
  },
  { what: 'no conditions', to: decided({ conditions: [] }), says: /can't be taken away/ },
  { what: 'null conditions', to: decided({ conditions: null }), says: /can't be taken away|must be of type array/ },
  { what: 'an empty status', to: {}, says: /can't be taken away|must be of type object/ },
  { what: 'a null status', to: null, says: /can't be taken away|must be of type object/ },
  {
    what: 'another attestation',
    to: decided({ attestation: { ...attestation, digest: other } }),
    says: /the run has its verdict/,
  },
  {
    what: 'another signer',
    to: decided({ attestation: { ...attestation, signer: { ...attestation.signer, display: 'the boss' } } }),
    says: /the run has its verdict/,
  },
  {
    what: 'another statement of the control plane',
    to: decided({ statements: [{ ...recordedStatement, digest: other }] }),
    says: /the run has its verdict/,
  },
  {
    what: 'another key of a statement',
    to: decided({ statements: [{ ...recordedStatement, keyFingerprint: 'SHA256:evil' }] }),
    says: /the run has its verdict/,
  },
  {
    what: 'one statement more',
    to: decided({ statements: [recordedStatement, { ...recordedStatement, predicateType: 'https://example.com' }] }),
    says: /the run has its verdict/,
  },
  { what: 'no statements', to: decided({ statements: undefined }), says: /the run has its verdict/ },
  {
    what: 'a late statement under Expired',
    from: expired(),
    to: { ...expired(), statements: [recordedStatement] },
    says: /the run has its verdict/,
  },
  { what: 'no attestation', to: decided({ attestation: undefined }), says: /the run has its verdict/ },
  { what: 'another digest of a material', to: decided({ materials: changed }), says: /the run has its verdict/ },
  { what: 'one material less', to: decided({ materials: more.slice(0, 1) }), says: /the run has its verdict/ },
  { what: 'one material more', to: decided({ materials: more }), says: /the run has its verdict/ },
  { what: 'no materials', to: decided({ materials: undefined }), says: /the run has its verdict/ },
].map((attack) => ({ from: decided(), says: /the verdict of a run is final/, ...attack }));

for (const { what, from, to, says } of ATTACKS) {
  test(`refuses ${what}, however it is written`, async () => {
    const name = await runAt(from);
    const before = await statusOf(name);
    for (const [way, write] of Object.entries(WRITES)) {
      const answer = await write(name, to);
      assert.is(await statusOf(name), before, `${way}: the status changed`);
      assert.match(answer, says, way);
    }
  });
}

test('refuses to take the verdict away by owning less of it', async () => {
  const name = await runAt(decided());
  const before = await statusOf(name);
  await assertRefused(applyStatus(name, { startTime: '2026-01-01T00:00:00Z' }), /can't be taken away|has its verdict/);
  assert.is(await statusOf(name), before);
});

test('lets through what may still move beside the verdict', async () => {
  const name = await runAt(decided());
  const { attestation: _, materials: __, statements: ___, ...rest } = decided();
  await client.mergePatch(
    KIND.WorkflowRun,
    { namespace: NAMESPACE, name },
    {
      status: {
        conditions: [succeeded('True', 'Accepted'), { ...succeeded('False', 'Failed'), type: 'PipelineSucceeded' }],
      },
    },
    { fieldManager: MANAGER, subresource: 'status' },
  );
  const progress = { summary: '2/2', required: 2, present: 2, missing: [] };
  await applyStatus(name, { progress }, 'proviso-operator');
  const { status } = await client.get<WorkflowRun>(KIND.WorkflowRun, { namespace: NAMESPACE, name });
  assert.equal(status?.progress, progress);
  assert.equal(status?.conditions?.map(({ type }) => type).sort(), ['PipelineSucceeded', 'Succeeded']);
  assert.is(status?.startTime, rest.startTime);
});

test('an open run moves on: Crafting, Verifying, Accepted', async () => {
  const open = { startTime: '2026-01-01T00:00:00Z', conditions: [succeeded('Unknown', 'Crafting')] };
  const name = await runAt(open);
  await applyStatus(name, { ...open, conditions: [succeeded('Unknown', 'Verifying')] });
  await applyStatus(name, decided());
  assert.match(await statusOf(name), /"Accepted"/);
});

test('refuses any change of the spec', async () => {
  const name = await runAt(decided());
  const patches = [
    { spec: { runKey: 'other' } },
    { spec: { deadlineTime: '2031-01-01T00:00:00Z' } },
    { spec: { commit: { sha: 'a'.repeat(40) } } },
    { spec: { identity: { serviceAccount: null } } },
  ];
  for (const patch of patches) {
    await assertRefused(
      client.mergePatch(KIND.WorkflowRun, { namespace: NAMESPACE, name }, patch, { fieldManager: MANAGER }),
      /the spec of a run is fixed when it is opened/,
    );
  }
});

test('32 materials applied at once are all there, each owned by its own manager', async () => {
  const name = await runAt({ conditions: [succeeded('Unknown', 'Crafting')] });
  const names = Array.from({ length: 32 }, (_, index) => `part-${index}`);
  await Promise.all(
    names.map((material) =>
      applyStatus(name, { materials: [recordedMaterial(material)] }, `proviso-material-${material}`),
    ),
  );
  const run = await client.get<WorkflowRun>(KIND.WorkflowRun, { namespace: NAMESPACE, name });
  assert.equal(run.status?.materials?.map((material) => material.name).sort(), names.sort());
});

async function assertRefused(call: Promise<unknown>, says: RegExp): Promise<void> {
  const message = await call.then(
    () => 'it was let through',
    (error: Error) => error.message,
  );
  assert.match(message, says);
}

test.run();
