// deadline: 240
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Contract, EvidenceStore, Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import { startSource } from '../../src/kube/source.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { Operated, RECEIVER, stalled } from '../support/operated.ts';
import { generateTestKey } from '../support/signing.ts';

const WORKFLOW = 'workflow.proviso.dev';

let operated: Operated;
const test = suite('operator under attack');

test.before(async () => {
  operated = await Operated.start();
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  await operated.untilReason<Contract>('contract', 'steps', 'Ready');
});
test.after(() => operated?.stop());
test.after.each(() => operated.assertInvariants());

type WithData = KubeObject & { readonly data: Readonly<Record<string, string>> };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const tokenOf = async (workflow: string): Promise<string> => {
  const { data } = await operated.read<WithData>('secret', `proviso-${workflow}`);
  return Buffer.from(data.token ?? '', 'base64').toString();
};
const ready = (object: Workflow | Contract) => findCondition(object.status?.conditions, CONDITION.Ready);

/** The statuses of Ready that a workflow goes through while `act` runs. */
async function watched(name: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = [];
  const abort = new AbortController();
  const { transport } = connect(operated.plane.adminKubeconfig);
  const source = startSource<Workflow>(transport, KIND.Workflow, {
    namespace: 'shop',
    signal: abort.signal,
    onChange: ({ object }) => {
      if (object.metadata.name === name) seen.push(ready(object)?.status ?? 'none');
    },
  });
  await source.synced;
  await act();
  await pause(1500);
  abort.abort();
  await source.stopped;
  return seen;
}

for (const [name, ahead] of [
  ['behind', -5000],
  ['ahead', 30 * 3600_000],
] as const) {
  test(`a clock that is ${name} of the API server's doesn't make tokens in a loop`, async () => {
    operated.ahead = ahead;
    try {
      await operated.apply('Workflow', name, { contractRef: { name: 'steps' } });
      await operated.untilReason<Workflow>(WORKFLOW, name, 'Ready');
      await pause(2000);
      const { metadata } = await operated.read<Workflow>(WORKFLOW, name);
      await pause(2000);
      const later = await operated.read<Workflow>(WORKFLOW, name);
      assert.is(later.metadata.resourceVersion, metadata.resourceVersion, 'its status is written again and again');
    } finally {
      operated.ahead = 0;
    }
  });
}

test('a token that was overwritten in its Secret is replaced, also when the annotations say it is good', async () => {
  await operated.apply('Workflow', 'drift', { contractRef: { name: 'steps' } });
  await operated.untilReason<Workflow>(WORKFLOW, 'drift', 'Ready');
  const other = await operated.kubectl('create token -n shop proviso-drift --duration=20h');
  for (const bad of ['garbage', '', other.trim()]) {
    const data = { token: Buffer.from(bad).toString('base64') };
    await operated.kubectl(`patch secret -n shop proviso-drift --type=merge -p ${JSON.stringify({ data })}`);
    await operated.touch('drift');
    await eventually('a token for the receiver', async () => {
      const [, payload = ''] = (await tokenOf('drift')).split('.');
      return Buffer.from(payload, 'base64url').toString('utf8').includes('"aud":["proviso"]');
    });
  }
});

test('a change of its contract does not make a workflow flap', async () => {
  await operated.apply('Contract', 'moving', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  await operated.apply('Workflow', 'steady', { contractRef: { name: 'moving' } });
  await operated.untilReason<Workflow>(WORKFLOW, 'steady', 'Ready');
  const seen = await watched('steady', async () => {
    for (const name of ['b', 'c', 'd']) {
      await operated.apply('Contract', 'moving', { materials: [{ name, type: 'ARTIFACT' }] });
      await operated.untilReason<Contract>('contract', 'moving', 'Ready');
    }
  });
  assert.ok(seen.length > 1, 'the workflow went on to the new revisions');
  assert.ok(!seen.includes('False'), seen.join(' '));
  await operated.apply('Contract', 'moving', { policies: { attestation: [{ ref: { name: 'x' } }] } });
  await operated.untilReason<Workflow>(WORKFLOW, 'steady', 'ContractNotReady');
});

test('a contract whose Secret may not be read says so', async () => {
  const rules = JSON.parse(await operated.kubectl('get clusterrole proviso-operator -o jsonpath={.rules}')) as {
    resources: string[];
  }[];
  const setRules = (value: unknown) =>
    operated.kubectl(
      `patch clusterrole proviso-operator --type=merge -p ${JSON.stringify({ rules: value }).replaceAll(' ', '')}`,
    );
  await setRules(rules.filter(({ resources }) => !resources.includes('secrets')));
  try {
    await operated.apply('Contract', 'hidden', {
      signers: [{ key: { secretRef: { name: 'release-key', key: 'cosign.pub' } } }],
    });
    await operated.untilMessage('contract', 'hidden', /secrets "release-key" is forbidden/);
  } finally {
    await setRules(rules);
  }
});

test('a key with times that an earlier definition took makes its contract invalid', async () => {
  const definition = await readFile(new URL('../../crds/proviso.dev_contracts.yaml', import.meta.url), 'utf8');
  const earlier = definition
    .replaceAll(/^ +(format: date-time|pattern: '\^\[0-9\]\{4\}-.*)\n/gm, '')
    .replace(/^ +- rule: "!has\(self\.validFrom\).*\n.*\n.*\n/m, '');
  assert.ok(earlier.length < definition.length - 500);
  const { publicPem } = generateTestKey();
  const stored = (name: string, times: object) =>
    operated.apply('Contract', name, { signers: [{ key: { inline: publicPem, ...times } }] });
  await operated.kubectl('apply -f -', earlier);
  await eventually('the earlier definition', () => stored('no-time', { validUntil: 'next year' }));
  await stored('no-zone', { validFrom: '2026-06-01T00:00:00' });
  await stored('no-span', { validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' });
  await operated.kubectl('apply -f -', definition);
  for (const [name, message] of [
    ['no-time', /^spec\.signers\[0\]\.key\.validUntil 'next year' is no time.*such as 2026-06-01T00:00:00Z$/],
    ['no-zone', /^spec\.signers\[0\]\.key\.validFrom '2026-06-01T00:00:00' is no time with its zone/],
    ['no-span', /^spec\.signers\[0\]\.key: 'validFrom' 2026-02.* must be before 'validUntil' 2026-01/],
  ] as const) {
    const contract = await operated.untilReason<Contract>('contract', name, 'InvalidSpec');
    assert.match(stalled(contract)?.message ?? '', message);
    assert.is(contract.status?.revision, undefined);
  }
});

test('a contract whose revision the API server refuses says so', async () => {
  // As a quota would.
  const rules = [
    { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['controllerrevisions'], operations: ['CREATE'] },
  ];
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'full' },
    spec: {
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: 'false', message: 'the quota is used up' }],
    },
  };
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'full' },
    spec: { policyName: 'full', validationActions: ['Deny'] },
  };
  const both = { apiVersion: 'v1', kind: 'List', items: [policy, binding] };
  await operated.kubectl('apply -f -', JSON.stringify(both));
  try {
    // It takes the API server a moment to hold to a new policy.
    await eventually('the policy to be in force', async () => {
      const name = `full-${Math.random().toString(36).slice(2)}`;
      await operated.apply('Contract', name, { description: name });
      await operated.untilReason<Contract>('contract', name, 'ProvisioningFailed', 2);
      return true;
    });
  } finally {
    await operated.kubectl('delete -f -', JSON.stringify(both));
  }
});

test('a Secret with a thousand long keys does not keep a contract from having a status, and none is shown', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${'k'.repeat(200)}${index}`);
  const stringData = Object.fromEntries(names.map((name) => [name, 'x']));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'many' }, stringData };
  await operated.kubectl('create -n shop -f -', JSON.stringify(secret));
  await operated.apply('Contract', 'many', { signers: [{ key: { secretRef: { name: 'many', key: 'cosign.pub' } } }] });
  const contract = await operated.untilReason<Contract>('contract', 'many', 'KeyNotFound');
  assert.not.match(ready(contract)?.message ?? '', /kkk/);
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'many' }, data: stringData };
  await operated.kubectl('create -n shop -f -', JSON.stringify(config));
  await operated.apply('Contract', 'manyc', {
    signers: [{ key: { configMapRef: { name: 'many', key: 'cosign.pub' } } }],
  });
  await operated.untilReason<Contract>('contract', 'manyc', 'KeyNotFound');
  await operated.apply('Workflow', 'manyc', { contractRef: { name: 'manyc' } });
  await operated.untilReason<Workflow>(WORKFLOW, 'manyc', 'ContractNotReady');
});

test('attack: a revision that somebody put there beforehand is not taken for the contract', async () => {
  await operated.apply('Contract', 'first', { materials: [{ name: 'strict', type: 'SARIF' }] });
  const { status } = await operated.untilReason<Contract>('contract', 'first', 'Ready');
  const name = status?.revisionName ?? '';
  const forged = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': 'proviso', 'proviso.dev/contract': 'first' },
    },
    data: {
      name: 'first',
      materials: [],
      envAllowList: [],
      annotations: [],
      enforcement: 'Audit',
      signers: [],
      deadlineSeconds: 60,
    },
    revision: 1,
  };
  await operated.kubectl('delete contract -n shop first');
  await operated.kubectl(`delete controllerrevision -n shop ${name}`);
  await operated.kubectl('create -n shop -f -', JSON.stringify(forged));
  await pause(500);
  await operated.apply('Contract', 'first', { materials: [{ name: 'strict', type: 'SARIF' }] });
  const taken = await operated.untilReason<Contract>('contract', 'first', 'NameTaken');
  assert.match(stalled(taken)?.message ?? '', new RegExp(`ControllerRevision shop/${name}`));
  assert.is(taken.status?.revision, undefined);
  await operated.kubectl(`delete controllerrevision -n shop ${name}`);
  await operated.untilReason<Contract>('contract', 'first', 'Ready');
});

test('a contract made anew owns its revisions, so that they do not go with the earlier one', async () => {
  const spec = { materials: [{ name: 'again', type: 'ARTIFACT' }] };
  await operated.apply('Contract', 'again', spec);
  await operated.untilReason<Contract>('contract', 'again', 'Ready');
  await operated.kubectl('delete contract -n shop again');
  await operated.apply('Contract', 'again', spec);
  const { metadata, status } = await operated.untilReason<Contract>('contract', 'again', 'Ready');
  const revision = await operated.read<KubeObject>('controllerrevision', status?.revisionName ?? '');
  assert.equal(
    revision.metadata.ownerReferences?.map(({ uid }) => uid),
    [metadata.uid],
  );
});

async function openRun(name: string, workflow: Workflow, facts: object = {}): Promise<void> {
  const spec = {
    workflowRef: { name: workflow.metadata.name, uid: workflow.metadata.uid },
    contract: workflow.status?.contract,
    identity: { username: `system:serviceaccount:shop:proviso-${workflow.metadata.name}` },
    runKey: name,
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime: new Date(Date.now() + 3600_000).toISOString(),
    ...facts,
  };
  await operated.kubectl(`create -n shop --as=${RECEIVER} -f -`, manifest('WorkflowRun', name, spec));
}

test('a workflow made anew waits for what the earlier one left, and has no part in its runs', async () => {
  const spec = { contractRef: { name: 'steps' }, history: { limit: 1 } };
  await operated.apply('Workflow', 'reborn', spec);
  const first = await operated.untilReason<Workflow>(WORKFLOW, 'reborn', 'Ready');
  await openRun('reborn-old', first);
  await operated.kubectl('delete workflow.proviso.dev -n shop reborn');
  await operated.apply('Workflow', 'reborn', spec);
  const waiting = await operated.untilMessage(WORKFLOW, 'reborn', /earlier Workflow/);
  assert.ok(waiting);
  assert.is(stalled(await operated.read<Workflow>(WORKFLOW, 'reborn')), undefined);
  // What the garbage collector does, the Secret last.
  for (const kind of ['role', 'rolebinding', 'serviceaccount', 'secret']) {
    await operated.kubectl(`delete ${kind} -n shop proviso-reborn`);
  }
  const second = await operated.untilReason<Workflow>(WORKFLOW, 'reborn', 'Ready');
  assert.is(second.status?.runs?.total, 0);
});

test('a name that becomes free is used without anybody asking', async () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'proviso-freed' }, stringData: { a: 'b' } };
  await operated.kubectl('create -n shop -f -', JSON.stringify(secret));
  await operated.apply('Workflow', 'freed', { contractRef: { name: 'steps' } });
  assert.ok(stalled(await operated.untilReason<Workflow>(WORKFLOW, 'freed', 'NameTaken')));
  await operated.kubectl('delete secret -n shop proviso-freed');
  await operated.untilReason<Workflow>(WORKFLOW, 'freed', 'Ready');
});

test('a run whose revision is gone expires and does not say that all was there', async () => {
  const workflow = await operated.untilReason<Workflow>(WORKFLOW, 'drift', 'Ready');
  await openRun('orphan', workflow, {
    contract: { name: 'steps', revision: 9, revisionName: 'steps-0000000000', digest: `sha256:${'ab'.repeat(32)}` },
    deadlineTime: new Date(Date.now() - 1000).toISOString(),
  });
  const run = await eventually('the run to expire', async () => {
    const found = await operated.read<WorkflowRun>('workflowrun', 'orphan');
    return findCondition(found.status?.conditions, CONDITION.Succeeded)?.reason === 'Expired' ? found : undefined;
  });
  const { message = '' } = findCondition(run.status?.conditions, CONDITION.Succeeded) ?? {};
  assert.match(message, /steps-0000000000/);
  assert.not.match(message, /all materials/);
});

test('a store that becomes the default is seen by the workflows at once', async () => {
  await operated.apply('Workflow', 'storeless', { contractRef: { name: 'steps' } });
  await operated.untilReason<Workflow>(WORKFLOW, 'storeless', 'Ready');
  const setDefault = (value: boolean) =>
    operated.kubectl(`patch evidencestore default --type=merge -p {"spec":{"default":${value}}}`);
  await setDefault(false);
  await operated.untilReason<Workflow>(WORKFLOW, 'storeless', 'StoreNotFound');
  await setDefault(true);
  await operated.untilReason<Workflow>(WORKFLOW, 'storeless', 'Ready');
});

test('a store that was probed by a clock ahead of its time is probed again', async () => {
  operated.ahead = 24 * 3600_000;
  try {
    await operated.apply('EvidenceStore', 'clock', { filesystem: { path: join(operated.plane.dir, 'clock') } });
    await operated.untilReason<EvidenceStore>('evidencestore', 'clock', 'Ready');
  } finally {
    operated.ahead = 0;
  }
  await operated.kubectl('annotate evidencestore clock touched=again');
  await eventually('a probe of today', async () => {
    const { status } = await operated.read<EvidenceStore>('evidencestore', 'clock');
    return Date.parse(status?.lastCheckTime ?? '') < Date.now() + 3600_000;
  });
});

test.run();
