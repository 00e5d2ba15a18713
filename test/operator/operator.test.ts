import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  Contract,
  Policy,
  PolicyGroup,
  RecordedMaterial,
  Workflow,
  WorkflowRun,
} from '../../src/api/types.gen.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { progressOf } from '../../src/contract/progress.ts';
import { connect } from '../../src/kube/connect.ts';
import type { Change } from '../../src/kube/store.ts';
import { OperatorBase } from '../../src/operator/base.ts';
import { conditionsFor } from '../../src/operator/conditions.ts';
import { countRuns, prunableRuns } from '../../src/operator/counters.ts';
import type { LookUp } from '../../src/operator/look-up.ts';
import { ProvisoOperator } from '../../src/operator/operator.ts';
import { SOURCES, type SourceRule } from '../../src/operator/sources.ts';
import { expiryMessage } from '../../src/operator/workflowrun.ts';
import { createEngines } from '../../src/policy/engines.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { brokenInvariants } from '../support/invariants.ts';

const test = suite('operator parts');

const run = (name: string, minute: number, status: 'True' | 'False' | 'Unknown', reason: string): WorkflowRun => ({
  metadata: { name, namespace: 'shop' },
  spec: {
    workflowRef: { name: 'build', uid: 'u' },
    contract: { name: 'c', revision: 1, revisionName: 'c-1', digest: `sha256:${'ab'.repeat(32)}` },
    identity: { username: 'me' },
    runKey: name,
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime: '2026-01-01T01:00:00Z',
  },
  status: {
    startTime: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`,
    conditions: [{ type: 'Succeeded', status, reason, message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
});
const RUNS = [
  run('a', 1, 'True', 'Accepted'),
  run('b', 2, 'False', 'Expired'),
  run('c', 3, 'Unknown', 'Crafting'),
  run('d', 4, 'True', 'Accepted'),
];

test('runs are counted, and the last one is the one opened last', () => {
  const facts = countRuns(RUNS);
  assert.equal(facts.runs, { total: 4, active: 1, succeeded: 2, failed: 1 });
  assert.equal([facts.successRate, facts.lastRun?.name, facts.lastRun?.result], ['66%', 'd', 'Accepted']);
  assert.equal(countRuns([]), { runs: { total: 0, active: 0, succeeded: 0, failed: 0 } });
});

test('the oldest finished runs over the limit go, open ones never', () => {
  assert.equal(
    prunableRuns(RUNS, 1).map(({ metadata }) => metadata.name),
    ['a', 'b'],
  );
  assert.equal(prunableRuns(RUNS, 3), []);
  assert.equal(prunableRuns([run('o', 1, 'Unknown', 'Crafting')], 0), []);
});

test('a long run that has just got its verdict is not the one that goes', () => {
  const long = run('long', 1, 'True', 'Accepted');
  const short = run('short', 2, 'True', 'Accepted');
  const ended = (each: WorkflowRun, finishTime: string): WorkflowRun => ({
    ...each,
    status: { ...each.status, finishTime },
  });
  const runs = [ended(long, '2026-01-01T00:09:00Z'), ended(short, '2026-01-01T00:03:00Z')];
  assert.equal(
    prunableRuns(runs, 1).map(({ metadata }) => metadata.name),
    ['short'],
  );
});

const reading = effectiveContract(
  'c',
  {
    materials: [
      { name: 'x', type: 'ARTIFACT' },
      { name: 'y', type: 'SARIF' },
    ],
  },
  [],
);
if (!reading.ok) throw new Error(reading.message);
const { contract } = reading;

test('progress and the words of an expiry name what is missing', () => {
  const [open] = [run('c', 3, 'Unknown', 'Crafting')];
  const materials = [{ name: 'x', type: 'ARTIFACT' } as RecordedMaterial];
  const half: WorkflowRun = {
    ...open,
    status: {
      ...open.status,
      materials,
      refusals: { count: 1, last: { code: 'signature-invalid', message: 'no', time: 't' } },
    },
  };
  assert.equal(progressOf(contract, half.status?.materials ?? []), {
    summary: '1/2',
    required: 2,
    present: 1,
    missing: ['y'],
  });
  assert.match(
    expiryMessage(half, contract, 'no attestation was accepted until 2026-01-01T01:00:00Z'),
    /2026-01-01T01:00:00Z\. missing: y\. last refusal: signature-invalid: no/,
  );
});

test('conditions hold the invariants for every finding, and keep the time of what did not change', () => {
  const facts = { reason: 'KeyNotFound', message: 'm' } as const;
  const findings = [
    { state: 'ready', message: 'm' },
    { state: 'waiting', ...facts },
    { state: 'stalled', ...facts },
  ] as const;
  for (const before of findings) {
    for (const after of findings) {
      const first = conditionsFor(before, 1, undefined, new Date(0));
      const second = conditionsFor(after, 2, first, new Date(1000));
      const object = {
        kind: 'Contract',
        metadata: { name: 'c', generation: 2 },
        status: { observedGeneration: 2, conditions: second },
      };
      assert.equal(brokenInvariants(object), []);
      const isSame = first[0]?.status === second[0]?.status;
      assert.is(second[0]?.lastTransitionTime, new Date(isSame ? 0 : 1000).toISOString());
    }
  }
});

test('the checker of invariants finds what is broken', () => {
  const condition = (type: string, status: 'True' | 'False') => ({
    type,
    status,
    reason: 'R',
    message: 'm',
    lastTransitionTime: '',
    observedGeneration: 1,
  });
  const broken = (...conditions: ReturnType<typeof condition>[]) =>
    brokenInvariants({ metadata: { name: 'x', generation: 1 }, status: { observedGeneration: 1, conditions } }).length;
  assert.is(broken(condition('Ready', 'True')), 0);
  assert.ok(broken() > 0);
  assert.ok(broken(condition('Ready', 'True'), condition('Stalled', 'True')) > 0);
  assert.ok(broken(condition('Ready', 'True'), condition('Stalled', 'False')) > 0);
});

test('the operator is the real class, with everything that reaches the wire replaced', () => {
  assert.is(Object.getPrototypeOf(OperatorBase).name, 'Operator');
  assert.ok(ProvisoOperator.prototype instanceof OperatorBase);
  const own = [ProvisoOperator, OperatorBase].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  const dangerous = [
    'init',
    'stop',
    'watchResource',
    'setResourceStatus',
    'patchResourceStatus',
    'handleResourceFinalizer',
    'setResourceFinalizers',
    'registerCustomResourceDefinition',
  ];
  for (const name of dangerous) assert.ok(own.includes(name), name);
});

test('the helpers of the base class can not be used by accident', () => {
  // No cluster is needed: neither the constructor nor these helpers may call one.
  delete process.env.KUBECONFIG;
  process.env.HOME = '/nonexistent';
  const connection = connect();
  const operator = new ProvisoOperator({
    issuers: new Map(),
    engines: createEngines(createLogger('t', 'silent')),
    connection,
    namespace: 'p',
    endpoint: 'https://x',
    identity: 'me',
    metrics: createOperatorMetrics([]),
    workers: 1,
    log: createLogger('t', 'silent'),
  });
  const helpers = operator as unknown as Record<string, () => void>;
  for (const name of [
    'setResourceStatus',
    'patchResourceStatus',
    'handleResourceFinalizer',
    'setResourceFinalizers',
    'registerCustomResourceDefinition',
  ]) {
    assert.throws(() => helpers[name]?.(), /applyStatus|finalizers|crds/);
  }
  operator.stop();
});

test('a crowd that follows from something waits behind what somebody has just changed', () => {
  const workflow = (generation: number, contract = 'c'): Workflow => ({
    metadata: { name: 'w', namespace: 'n', uid: 'u', generation },
    spec: { contractRef: { name: contract } },
  });
  const contract = (revision: number, workflows: number): Contract => ({
    metadata: { name: 'c', namespace: 'n' },
    spec: {},
    status: { revision, workflows },
  });
  const lookUp: LookUp = {
    workflowsOf: () => [workflow(1)],
    workflowsIn: () => [workflow(1)],
    workflowsUnder: () => [workflow(1)],
    allWorkflows: () => [workflow(1)],
    governing: () => [],
    evidenceStores: () => [],
    trustRoots: () => [],
    policiesIn: () => [],
    clusterPolicies: () => [],
    contractsAttaching: () => [],
    clusterContractsAttaching: () => [],
    waiversIn: () => [],
    waiversOf: () => [],
    groupsAttaching: () => [],
    contractsTaking: () => [],
    clusterContractsTaking: () => [],
    keylessContracts: () => [],
    keylessClusterContracts: () => [],
  };
  const workflows: SourceRule<Workflow> = SOURCES.workflows;
  const enqueued = (change: Omit<Change<Workflow>, 'initial'>) =>
    workflows
      .enqueues({ ...change, initial: false }, lookUp)
      .map(({ queue, key, priority = 'live' }) => `${queue} ${key} ${priority}`);
  assert.equal(enqueued({ type: 'added', object: workflow(1) }), ['workflows n/w live', 'contracts n/c backlog']);
  assert.equal(enqueued({ type: 'modified', object: workflow(2), before: workflow(1) }), ['workflows n/w live']);
  assert.equal(enqueued({ type: 'modified', object: workflow(1), before: workflow(1) }), ['workflows n/w backlog']);
  // The contract that it left counts anew too.
  assert.equal(enqueued({ type: 'modified', object: workflow(2, 'd'), before: workflow(1) }), [
    'workflows n/w live',
    'contracts n/c backlog',
    'contracts n/d backlog',
  ]);
  const rule: SourceRule<Contract> = SOURCES.contracts;
  const touched = (object: Contract, before: Contract) =>
    rule.enqueues({ type: 'modified', object, before, initial: false }, lookUp).map(({ key }) => key);
  assert.equal(touched(contract(1, 2), contract(1, 1)), ['n/c']);
  assert.equal(touched(contract(2, 1), contract(1, 1)), ['n/c', 'n/w']);
});

test('of a policy the source is not kept in memory, and the echo of its status is not looked at but by contracts', () => {
  const policy = (generation: number, status?: Policy['status']): Policy => ({
    metadata: { name: 'p', namespace: 'n', uid: 'u', generation },
    spec: { kinds: ['SARIF'], source: { inline: 'x' } },
    ...(status === undefined ? {} : { status }),
  });
  const rule: SourceRule<Policy> = SOURCES.policies;
  assert.equal(rule.keeps?.(policy(1)).spec, { kinds: ['SARIF'], source: {} });
  const configMapRef = { name: 'rules', key: 'a' };
  const mapped = { ...policy(1), spec: { source: { configMapRef } } };
  assert.equal(rule.keeps?.(mapped).spec, { source: { configMapRef } });
  const user = { metadata: { name: 'c', namespace: 'n' } } as Contract;
  const attaching = {
    contractsAttaching: () => [user],
    clusterContractsAttaching: () => [],
    waiversOf: () => [],
    groupsAttaching: () => [],
  } as unknown as LookUp;
  const looks = (change: Omit<Change<Policy>, 'initial'>) =>
    rule
      .enqueues({ ...change, initial: false }, attaching)
      .filter(({ queue }) => queue !== 'policycounts')
      .map(({ key, priority = 'live' }) => `${key} ${priority}`);
  const done = { observedGeneration: 1 };
  assert.equal(looks({ type: 'added', object: policy(1) }), ['n/p live', 'n/c backlog']);
  assert.equal(looks({ type: 'modified', object: policy(1, done), before: policy(1) }), ['n/c backlog']);
  const changed = { type: 'modified', object: policy(2, done), before: policy(1, done) } as const;
  assert.equal(looks(changed), ['n/p live', 'n/c backlog']);
  // An annotation.
  assert.equal(looks({ type: 'modified', object: policy(1, done), before: policy(1, done) }), ['n/p backlog']);
  assert.equal(looks({ type: 'deleted', object: policy(1) }), ['n/c backlog']);
});

test('a change of a group, and of a policy in one, is looked at in what takes it in; a mere status is not', () => {
  const group = (banned: string, status?: PolicyGroup['status']): PolicyGroup => ({
    metadata: { name: 'g', namespace: 'n' },
    spec: { attestation: [{ ref: { name: 'p' }, with: { banned } }] },
    ...(status === undefined ? {} : { status }),
  });
  const policy: Policy = { metadata: { name: 'p', namespace: 'n' }, spec: { attestation: true, source: {} } };
  const asked: unknown[] = [];
  const lookUp = {
    groupsAttaching: (member: unknown) => {
      asked.push(member);
      return [group('x')];
    },
    contractsTaking: (taken: unknown) => {
      asked.push(taken);
      return [{ metadata: { name: 'c', namespace: 'n' } }];
    },
    clusterContractsTaking: () => [{ metadata: { name: 'b' } }],
    contractsAttaching: () => [],
    clusterContractsAttaching: () => [],
    waiversOf: () => [],
  } as unknown as LookUp;
  const named = (enqueued: readonly { readonly queue: string; readonly key: string; readonly priority?: string }[]) =>
    enqueued.map(({ queue, key, priority = 'live' }) => `${queue} ${key} ${priority}`);
  const users = ['contracts n/c backlog', 'clustercontracts b backlog'];
  const ofGroup = (change: Omit<Change<PolicyGroup>, 'initial'>, initial = false) =>
    named((SOURCES.policyGroups as SourceRule<PolicyGroup>).enqueues({ ...change, initial }, lookUp));
  assert.equal(ofGroup({ type: 'added', object: group('x') }), ['policygroups n/g live', ...users]);
  assert.equal(ofGroup({ type: 'added', object: group('x') }, true), ['policygroups n/g live']);
  assert.equal(ofGroup({ type: 'modified', object: group('y'), before: group('x') }), [
    'policygroups n/g live',
    ...users,
  ]);
  assert.equal(ofGroup({ type: 'modified', object: group('x', {}), before: group('x') }), ['policygroups n/g backlog']);
  assert.equal(ofGroup({ type: 'deleted', object: group('x') }), users);
  const ofPolicy = (change: Omit<Change<Policy>, 'initial'>) =>
    named((SOURCES.policies as SourceRule<Policy>).enqueues({ ...change, initial: false }, lookUp)).filter(
      (each) => !each.startsWith('policies '),
    );
  asked.length = 0;
  assert.equal(ofPolicy({ type: 'added', object: policy }), ['policygroups n/g backlog']);
  assert.equal(asked, [{ queue: 'policies', key: 'n/p' }]);
  assert.equal(ofPolicy({ type: 'modified', object: policy, before: policy }), []);
  assert.equal(ofPolicy({ type: 'deleted', object: policy }), ['policygroups n/g backlog']);
});

test.run();
