import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceKind } from '../../../src/api/kinds.ts';
import type { KubeObject, ObjectRef } from '../../../src/api/object.ts';
import type { Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { tree } from '../../../src/cli/commands/tree.ts';
import type { Io } from '../../../src/cli/io.ts';
import { formatAge } from '../../../src/cli/print/age.ts';
import { formatTree } from '../../../src/cli/print/tree.ts';
import type { Session } from '../../../src/cli/session.ts';
import { type Looked, look } from '../../../src/cli/tree/look.ts';
import type { TreeNode } from '../../../src/cli/tree/node.ts';
import { readWorkflow } from '../../../src/cli/tree/read.ts';
import { runTree } from '../../../src/cli/tree/run.ts';
import { type WorkflowFacts, workflowTree } from '../../../src/cli/tree/workflow.ts';
import { canonicalDigest } from '../../../src/contract/digest.ts';
import type { EffectiveContract } from '../../../src/contract/effective.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/error.ts';
import {
  attestation,
  recordedMaterial,
  recordedStatement,
  succeeded,
  workflowRun,
} from '../../support/workflow-run.ts';

const test = suite('tree');
const NOW = new Date('2026-01-01T00:03:00Z');
const ESCAPE = '\u001b';
const START = '2026-01-01T00:00:00Z';
const ioWith = (coloured: boolean): Io => ({
  ...{ env: {}, cwd: '/', interactive: false, colours: createColors(coloured) },
  out: () => {},
  err: () => {},
});
/** The lines without colour, and one bar where columns are apart. */
const linesOf = (root: TreeNode): readonly string[] =>
  formatTree(ioWith(false), root, NOW)
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}(?=\S)/g, ' | '));
const DATA: EffectiveContract = {
  ...{ name: 'release', materials: [], envAllowList: [], annotations: [], enforcement: 'Enforce', signers: [] },
  deadlineSeconds: 3600,
  policies: (['Policy/fresh', 'ClusterPolicy/pinned'] as const).map((each) => {
    const [kind, name = ''] = each.split('/') as ['Policy' | 'ClusterPolicy', string];
    const more = { engine: 'CEL', source: 'x', phases: ['Add'], inputs: {}, gate: true, onSkip: 'Warn' } as const;
    return { kind, name, ...more };
  }),
};
const ready = (status: 'True' | 'False', reason: string, message = '') => ({
  conditions: [{ ...succeeded(status, reason), type: 'Ready', message }],
});
const found = <T extends KubeObject>(object: T): Looked<T> => ({ outcome: 'found', object });
const made = (kind: string, name: string, more: object = {}): never =>
  ({
    ...{ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', creationTimestamp: START } },
    ...more,
  }) as never;

const PASSED = { kind: 'Policy', policy: 'fresh', outcome: 'Passed' } as const;
const OBJECTED = {
  kind: 'ClusterPolicy',
  policy: 'pinned',
  outcome: 'Violated',
  message: 'latest is no digest',
} as const;

const accepted: WorkflowRun = {
  ...workflowRun('build-1', 'shop'),
  status: {
    startTime: START,
    materials: [
      { ...recordedMaterial('sbom'), type: 'SBOM_CYCLONEDX_JSON', size: 1536, policies: [PASSED] },
      { ...recordedMaterial('image'), type: 'CONTAINER_IMAGE', policies: [OBJECTED] },
    ],
    policies: {
      ...{ summary: '2/3', evaluated: 3, passed: 2, violated: 1, skipped: 0, failed: 0 },
      violations: [
        {
          ...{ kind: 'ClusterPolicy', policy: 'pinned', material: 'image', subject: 'x', message: 'y' },
          waiver: 'old-image',
        },
      ],
      evaluations: [
        { phase: 'Push', kind: 'Policy', policy: 'built-here', outcome: 'Passed' },
        { phase: 'Push', kind: 'Policy', policy: 'both', material: 'sbom', outcome: 'Skipped', message: 'no licence' },
      ],
    },
    progress: { summary: '2/3', required: 3, present: 2, missing: ['tests'] },
    attestation,
    statements: [recordedStatement],
    waivers: [
      {
        ...{ name: 'old-image', owner: 'payments', approvedBy: 'bob', expires: '2026-02-01T00:00:00Z' },
        ...{ kind: 'ClusterPolicy', policy: 'pinned' },
      },
      { ...{ name: 'no-tests', owner: 'qa', approvedBy: 'bob', expires: '2026-01-01T00:00:00Z' }, material: 'tests' },
    ],
    conditions: [{ ...succeeded('True', 'Waived'), message: 'signed by\u001b[31m SHA256:abc' }],
  },
};

test('a run with its materials and what was said of each, its attestation, and what was waived', () => {
  assert.equal(linesOf(runTree(accepted, NOW)), [
    'NAME | STATE | REASON | AGE | MESSAGE',
    'WorkflowRun/build-1 | True | Waived | 3m | signed by[31m SHA256:abc',
    "├─ControllerRevision/release-3f9a01c2de | Pinned | revision 1 of the contract 'release'",
    '├─Material/sbom | There | SBOM_CYCLONEDX_JSON | 3m | sha256:aaaaaaaaaaaa, 1.5 KiB',
    '│ ├─Policy/fresh | Passed',
    '│ └─Policy/both | Skipped | no licence',
    '├─Material/image | There | CONTAINER_IMAGE | 3m | sha256:aaaaaaaaaaaa, 1 B',
    '│ └─ClusterPolicy/pinned | Violated | Waived | latest is no digest',
    "├─Material/tests | Waived | by the Waiver 'no-tests'",
    '├─Attestation/sha256:bbbbbbbbbbbb | Signed | 3m | by SHA256:abc',
    '│ ├─Policy/built-here | Passed',
    '│ └─Statement/verification_summary/v1 | Signed | sha256:dddddddddddd',
    '├─Waiver/old-image | Active | ClusterPolicy/pinned, owner payments, approved by bob, until 2026-02-01T00:00:00Z',
    "└─Waiver/no-tests | Expired | the material 'tests', owner qa, approved by bob, until 2026-01-01T00:00:00Z",
  ]);
});

const open: WorkflowRun = {
  ...workflowRun('build-2', 'shop'),
  status: {
    startTime: START,
    progress: { summary: '0/1', required: 1, present: 0, missing: ['sbom'] },
    refusals: { count: 2, last: { code: 'contract-not-met', message: 'sbom is missing', time: START } },
    conditions: [{ ...succeeded('Unknown', 'Crafting'), message: 'the run is open' }],
  },
};

test('an open run shows what is missing and why a push was refused, and its owner how it ended', () => {
  const owner = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name: 'build-x7k2p', uid: 'x' };
  const failed = { ...succeeded('False', 'Failed'), type: 'PipelineSucceeded', message: 'a task failed' };
  const run: WorkflowRun = {
    ...open,
    spec: { ...open.spec, identity: { ...open.spec.identity, owner } },
    status: { ...open.status, conditions: [...(open.status?.conditions ?? []), failed] },
  };
  const lines = runTree(run, NOW).children.map(({ kind, name, state, message }) => [kind, name, state, message]);
  assert.equal(lines, [
    ['PipelineRun', 'build-x7k2p', 'False', 'a task failed'],
    ['ControllerRevision', 'release-3f9a01c2de', 'Pinned', "revision 1 of the contract 'release'"],
    ['Material', 'sbom', 'Missing', undefined],
    ['Attestation', 'none', 'Refused', '2 pushes were refused, the last with contract-not-met: sbom is missing'],
  ]);
  const state = (status: WorkflowRun['status']) =>
    runTree({ ...open, status: status ?? {} }, NOW).children.at(-1)?.state;
  assert.is(state({}), 'Awaited');
  assert.is(state({ conditions: [succeeded('False', 'Expired')] }), 'Missing');
});

const pinned = { name: 'release', revision: 3, revisionName: 'release-x', digest: canonicalDigest(DATA) };
const workflow: Workflow = made('Workflow', 'build', {
  spec: { contractRef: { name: 'release' } },
  status: {
    ...ready('True', 'Ready'),
    ...{ contract: pinned, evidenceStoreName: 'default', successRate: '92%' },
    baselines: [
      { name: 'production', revision: 2, compliant: false },
      { name: 'unseen', revision: 1, compliant: true },
    ],
    token: { expirationTime: '2026-01-02T00:00:00Z', renewalTime: '2026-01-01T19:00:00Z' },
    tokenSecretName: 'proviso-build',
  },
});
const facts: WorkflowFacts = {
  workflow,
  contract: found(made('Contract', 'release', { status: ready('True', 'Ready') })),
  revision: found(made('ControllerRevision', 'release-x', { data: DATA })),
  policies: [
    {
      ...{ kind: 'Policy', name: 'fresh', gate: true },
      looked: found(made('Policy', 'fresh', { status: ready('False', 'SourceNotFound', 'no such ConfigMap') })),
    },
    {
      kind: 'ClusterPolicy',
      name: 'pinned',
      gate: true,
      looked: found(made('P', 'p', { status: ready('True', 'Ready') })),
    },
  ],
  baselines: new Map([['production', found(made('C', 'production', { status: ready('True', 'Ready') }))]]),
  serviceAccount: found(made('ServiceAccount', 'proviso-build')),
  role: { outcome: 'forbidden' },
  roleBinding: { outcome: 'missing' },
  store: found(made('EvidenceStore', 'default', { status: ready('True', 'Ready') })),
  runs: [open],
  omittedRuns: 7,
};

test('a workflow with what it owes, what was provisioned, and its newest runs, each as it may be seen', () => {
  assert.equal(linesOf(workflowTree(facts, NOW)), [
    'NAME | STATE | REASON | AGE | MESSAGE',
    'Workflow/build | True | Ready | 3m | 92% of its finished runs were accepted',
    '├─Contract/release | True | Ready | 3m',
    '│ ├─ControllerRevision/release-x | Intact | 3m | revision 3, which new runs owe',
    '│ │ ├─Policy/fresh | False | SourceNotFound | 3m | no such ConfigMap',
    '│ │ └─ClusterPolicy/pinned | True | Ready | 3m | what it objects to fails a run',
    '│ ├─ClusterContract/production | True | Ready | 3m | revision 2 is merged in; no run was accepted under it yet',
    '│ └─ClusterContract/unseen | Missing',
    '├─ServiceAccount/proviso-build | There | 3m',
    '├─Role/proviso-build | Unknown | Forbidden | your account may not look at it',
    '├─RoleBinding/proviso-build | Missing',
    '├─Secret/proviso-build | Issued | its token ends at 2026-01-02T00:00:00Z, renewed at 2026-01-01T19:00:00Z',
    '├─EvidenceStore/default | True | Ready | 3m',
    '├─WorkflowRun/build-2 | Unknown | Crafting | 3m | the run is open',
    "│ ├─ControllerRevision/release-3f9a01c2de | Pinned | revision 1 of the contract 'release'",
    '│ ├─Material/sbom | Missing',
    '│ └─Attestation/none | Refused | 3m | 2 pushes were refused, the last with contract-not-met: sbom is missing',
    '└─and 7 more; see --limit',
  ]);
});

test('a revision that was exchanged, and a token that has ended, are told of', () => {
  const altered = found(made('ControllerRevision', 'release-x', { data: { ...DATA, deadlineSeconds: 1 } }));
  const at = new Date('2026-01-03T00:00:00Z');
  const all = workflowTree({ ...facts, revision: altered }, at).children;
  assert.equal([all[0]?.children[0]?.state, all[4]?.state], ['Altered', 'Expired']);
});

test('attack: a revision that was exchanged has nothing looked at that it names', async () => {
  const asked: string[] = [];
  const reading = async (data: object): Promise<readonly string[]> => {
    asked.length = 0;
    const client = {
      find: async ({ kind }: ResourceKind, { name }: ObjectRef) => {
        asked.push(`${kind}/${name}`);
        return kind === 'ControllerRevision' ? made(kind, name, { data }) : undefined;
      },
      list: async () => [open],
    } as unknown as KubeClient;
    const read = await readWorkflow(client, workflow, 1);
    return read.policies.map(({ kind, name }) => `${kind}/${name}`);
  };
  assert.equal(await reading({ ...DATA, policies: [{ kind: 'Secret', name: 'proviso-build' }] }), []);
  assert.not(
    asked.some((each) => each.startsWith('Secret/')),
    asked.join(),
  );
  assert.equal(await reading(DATA), ['Policy/fresh', 'ClusterPolicy/pinned']);
  assert.ok(asked.includes('ClusterPolicy/pinned'), asked.join());
});

test('colours are those of the states, and none of them is needed to read', () => {
  const coloured = formatTree(ioWith(true), workflowTree(facts, NOW), NOW);
  assert.ok(coloured.includes(`${ESCAPE}[31mMissing${ESCAPE}[39m`));
  assert.ok(coloured.includes(`${ESCAPE}[32mIntact${ESCAPE}[39m`));
  assert.ok(coloured.includes(`${ESCAPE}[33mUnknown${ESCAPE}[39m`));
});

test('what may not be looked at is told apart from what is not there, and from a cluster that fails', async () => {
  const failing = (code: number): KubeClient =>
    ({ find: () => Promise.reject(new KubeError(code, 'X', 'no')) }) as unknown as KubeClient;
  const of = (client: KubeClient) => look(client, { plural: 'roles' } as never, { name: 'x' });
  assert.equal(await of(failing(403)), { outcome: 'forbidden' });
  assert.equal(await of({ find: async () => undefined } as unknown as KubeClient), { outcome: 'missing' });
  assert.is(await of(failing(500)).catch((error: KubeError) => error.code), 500);
});

test('ages are told in one unit', () => {
  const ago = (seconds: number): string => formatAge(new Date(NOW.getTime() - seconds * 1000).toISOString(), NOW);
  assert.equal([-5, 0, 119, 120, 7199, 7200, 172_799, 172_800].map(ago), [
    '0s',
    '0s',
    '119s',
    '2m',
    '119m',
    '2h',
    '47h',
    '2d',
  ]);
});

test('another root than a workflow or a run is refused before any cluster is asked', async () => {
  for (const [target, limit, says] of [
    ['build', '5', /neither workflow\/NAME nor run\/NAME/],
    ['contract/release', '5', /neither/],
    ['constructor/x', '5', /neither/],
    ['workflow/Build', '5', /neither/],
    ['workflow/build', '0', /not a whole number above 0/],
  ] as const) {
    const refused = await tree({} as Session, target, { limit }).catch((error: Error) => error);
    assert.match((refused as Error).message, says);
  }
});

test.run();
