// deadline: 240
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Contract, EvidenceStore, Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import { ProvisoOperator } from '../../src/operator/operator.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { brokenInvariants, type Observed } from '../support/invariants.ts';

const ENDPOINT = 'https://proviso-receiver.proviso-system.svc';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const PRIVATE = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let plane: ControlPlane;
let operator: ProvisoOperator;
/** Added to the clock that the operator reads. */
let ahead = 0;
const test = suite('operator');

test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  const kubeconfig = await plane.serviceAccountKubeconfig('proviso-system', 'proviso-operator');
  operator = new ProvisoOperator({
    connection: connect(kubeconfig),
    namespace: 'proviso-system',
    endpoint: ENDPOINT,
    workers: 4,
    log: createLogger('operator', 'silent'),
    now: () => new Date(Date.now() + ahead),
  });
  await operator.start();
  await kubectl('create namespace shop');
  await apply('EvidenceStore', 'default', { default: true, filesystem: { path: join(plane.dir, 'evidence') } });
});
test.after(async () => {
  operator?.stop();
  await operator?.stopped();
  await plane?.stop();
});
// After every step every object must be readable by whoever reads conditions.
test.after.each(async () => {
  await eventually('conditions that hold the invariants', async () => {
    const text = await kubectl('get contracts,workflows.proviso.dev,evidencestores -A -o json');
    const broken = (JSON.parse(text) as { items: Observed[] }).items.flatMap(brokenInvariants);
    if (broken.length > 0) throw new Error(broken.join('\n'));
    return true;
  });
});

async function kubectl(args: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args.split(' '), input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`kubectl ${args}: ${stderr}`);
  return stdout;
}

const manifest = (kind: string, name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'proviso.dev/v1alpha1', kind, metadata: { name }, spec });
const apply = (kind: string, name: string, spec: object): Promise<string> =>
  kubectl('apply -n shop -f -', manifest(kind, name, spec));
const read = async <T>(kind: string, name: string): Promise<T> =>
  JSON.parse(await kubectl(`get -n shop ${kind} ${name} -o json`)) as T;

type WithStatus = Contract | Workflow | EvidenceStore;

/** Waits until Ready of the object's current generation has the reason; returns the object. */
function untilReason<T extends WithStatus>(kind: string, name: string, reason: string): Promise<T> {
  return eventually(`${kind} ${name} to be ${reason}`, async () => {
    const object = await read<T>(kind, name);
    const ready = findCondition(object.status?.conditions, CONDITION.Ready);
    if (ready?.reason === reason && ready.observedGeneration === object.metadata.generation) return object;
    throw new Error(JSON.stringify(object.status));
  });
}
const stalled = (object: WithStatus) => findCondition(object.status?.conditions, CONDITION.Stalled);

test('a contract gets a revision for each distinct meaning, and going back makes an old one current', async () => {
  await apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  const first = await untilReason<Contract>('contract', 'steps', 'Ready');
  assert.is(first.status?.revision, 1);
  await apply('Contract', 'steps', {
    materials: [{ name: 'a', type: 'ARTIFACT', optional: false }],
    enforcement: 'Enforce',
  });
  const same = await untilReason<Contract>('contract', 'steps', 'Ready');
  assert.is(same.status?.revisionName, first.status?.revisionName);
  await apply('Contract', 'steps', { materials: [{ name: 'b', type: 'ARTIFACT' }] });
  assert.is((await untilReason<Contract>('contract', 'steps', 'Ready')).status?.revision, 2);
  await apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  assert.is((await untilReason<Contract>('contract', 'steps', 'Ready')).status?.revision, 1);
  const revisions = await kubectl('get controllerrevisions -n shop -l proviso.dev/contract=steps -o name');
  assert.is(revisions.trim().split('\n').length, 2);
});

test('a contract whose key is missing is Stalled with what to do, and heals when the Secret appears', async () => {
  const signers = [{ key: { secretRef: { name: 'release-key', key: 'cosign.pub' } } }];
  await apply('Contract', 'signed', { signers });
  const missing = await untilReason<Contract>('contract', 'signed', 'KeyNotFound');
  assert.match(
    stalled(missing)?.message ?? '',
    /spec\.signers\[0\]\.key\.secretRef.*Secret release-key.*create it.*cosign\.pub/,
  );
  await kubectl('create secret generic release-key -n shop --from-literal=other=x');
  await untilMessage('contract', 'signed', /has no key 'cosign\.pub', only other/);
  await kubectl('delete secret -n shop release-key');
  await kubectl('apply -n shop -f -', secret('release-key', { 'cosign.pub': PRIVATE }));
  const invalid = await untilReason<Contract>('contract', 'signed', 'KeyInvalid');
  assert.match(stalled(invalid)?.message ?? '', /private key/);
  assert.not.match(JSON.stringify(invalid.status), /BEGIN/);
  await kubectl('apply -n shop -f -', secret('release-key', { 'cosign.pub': PUBLIC }));
  const ready = await untilReason<Contract>('contract', 'signed', 'Ready');
  assert.match(ready.status?.signers?.[0]?.fingerprint ?? '', /^SHA256:/);
  assert.is(stalled(ready), undefined);
});

const untilMessage = (kind: string, name: string, message: RegExp): Promise<boolean> =>
  eventually(`${kind} ${name} to say ${message}`, async () =>
    message.test(findCondition((await read<Contract>(kind, name)).status?.conditions, CONDITION.Ready)?.message ?? ''),
  );
const secret = (name: string, stringData: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });

test('what this version can not enforce is refused and not ignored', async () => {
  await apply('Contract', 'policies', { policies: { attestation: [{ ref: { name: 'x' } }] } });
  assert.ok(stalled(await untilReason<Contract>('contract', 'policies', 'NotSupported')));
  await apply('Contract', 'keyless', { signers: [{ keyless: { issuer: 'https://example.com', subject: 'me' } }] });
  assert.ok(stalled(await untilReason<Contract>('contract', 'keyless', 'NotSupported')));
  const oidc = { issuer: 'https://example.com', audience: 'proviso', claims: { repository: 'o/r' } };
  await apply('Workflow', 'outside', { contractRef: { name: 'steps' }, submitters: [{ oidc }] });
  assert.ok(stalled(await untilReason<Workflow>('workflow.proviso.dev', 'outside', 'NotSupported')));
});

test('a workflow is provisioned, and drift is repaired', async () => {
  await apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  const { status } = await untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
  assert.equal(
    [status?.contract?.revision, status?.serviceAccountName, status?.evidenceStoreName],
    [1, 'proviso-build', 'default'],
  );
  const token = await secretOf('build');
  assert.equal(Object.keys(token).sort(), ['ca.crt', 'endpoint', 'namespace', 'token', 'workflow']);
  assert.equal([token.endpoint, token.workflow, token.namespace], [ENDPOINT, 'build', 'shop']);
  const may = (name: string) =>
    plane.kubectl([
      'auth',
      'can-i',
      'submit',
      `workflows.proviso.dev/${name}`,
      '-n',
      'shop',
      '--as=system:serviceaccount:shop:proviso-build',
    ]);
  assert.is((await may('build')).stdout.trim(), 'yes');
  assert.is((await may('other')).stdout.trim(), 'no');
  await kubectl('delete role -n shop proviso-build');
  await eventually(
    'the Role to come back',
    async () => (await plane.kubectl(['get', 'role', '-n', 'shop', 'proviso-build'])).code === 0,
  );
  await kubectl('patch rolebinding -n shop proviso-build --type=merge -p {"subjects":[]}');
  await eventually('the binding to be repaired', async () => (await may('build')).stdout.trim() === 'yes');
});

async function secretOf(workflow: string): Promise<Record<string, string>> {
  const { data } = await read<KubeObject & { data: Record<string, string> }>('secret', `proviso-${workflow}`);
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

test('the token is renewed at 80 % of its life, and when its account was made anew', async () => {
  const before = await secretOf('build');
  const claims = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      aud: string[];
      exp: number;
      iat: number;
    };
  assert.equal(claims(before.token ?? '').aud, ['proviso']);
  await touch('build');
  assert.is((await secretOf('build')).token, before.token);
  ahead = 20 * 3600_000;
  await touch('build');
  await eventually('a new token', async () => (await secretOf('build')).token !== before.token);
  ahead = 0;
  const second = await secretOf('build');
  await kubectl('delete serviceaccount -n shop proviso-build');
  await eventually('a token of the new account', async () => (await secretOf('build')).token !== second.token);
  await untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
});

let touches = 0;
/** Makes the operator look again. */
async function touch(workflow: string): Promise<void> {
  touches += 1;
  await kubectl(`annotate workflow.proviso.dev -n shop ${workflow} --overwrite touched=${touches}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

test('a workflow whose contract or store is missing says so, and heals', async () => {
  await apply('Workflow', 'early', { contractRef: { name: 'late' }, evidenceStoreRef: { name: 'cold' } });
  assert.ok(stalled(await untilReason<Workflow>('workflow.proviso.dev', 'early', 'ContractNotFound')));
  await apply('Contract', 'late', { signers: [{ key: { configMapRef: { name: 'keys', key: 'k' } } }] });
  await untilReason<Workflow>('workflow.proviso.dev', 'early', 'ContractNotReady');
  await kubectl('create configmap keys -n shop --from-literal=k=nonsense');
  await kubectl('delete configmap -n shop keys');
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keys' }, data: { k: PUBLIC } };
  await kubectl('apply -n shop -f -', JSON.stringify(config));
  assert.ok(stalled(await untilReason<Workflow>('workflow.proviso.dev', 'early', 'StoreNotFound')));
  const cold = { filesystem: { path: join(plane.dir, 'cold') }, namespaces: { matchLabels: { tier: 'gold' } } };
  await apply('EvidenceStore', 'cold', cold);
  await untilMessage('workflow.proviso.dev', 'early', /is not for the namespace 'shop'/);
  await kubectl('label namespace shop tier=gold');
  await touch('early');
  await untilReason<Workflow>('workflow.proviso.dev', 'early', 'Ready');
});

test('a name that somebody else has taken is left alone', async () => {
  await kubectl('create serviceaccount -n shop proviso-taken');
  await apply('Workflow', 'taken', { contractRef: { name: 'steps' } });
  const { status } = await untilReason<Workflow>('workflow.proviso.dev', 'taken', 'NameTaken');
  assert.match(status?.conditions?.[0]?.message ?? '', /ServiceAccount shop\/proviso-taken/);
  assert.is((await plane.kubectl(['get', 'role', '-n', 'shop', 'proviso-taken'])).code, 1);
});

test('a store that can not be written says so in the words of the system, and a second default is refused', async () => {
  await apply('EvidenceStore', 'broken', { filesystem: { path: '/dev/null/evidence' } });
  const broken = await untilReason<EvidenceStore>('evidencestore', 'broken', 'ProbeFailed');
  assert.match(stalled(broken)?.message ?? '', /ENOTDIR/);
  await apply('EvidenceStore', 'second', { default: true, filesystem: { path: join(plane.dir, 'second') } });
  const second = await untilReason<EvidenceStore>('evidencestore', 'second', 'InvalidSpec');
  assert.match(stalled(second)?.message ?? '', /'default' is the default already/);
  await kubectl('delete evidencestore broken second');
});

/** A run as the receiver opens it. */
async function openRun(name: string, deadlineTime: string): Promise<void> {
  const workflow = await read<Workflow>('workflow.proviso.dev', 'build');
  const { contract } = workflow.status ?? {};
  const spec = {
    workflowRef: { name: 'build', uid: workflow.metadata.uid },
    contract,
    identity: { username: 'system:serviceaccount:shop:proviso-build' },
    runKey: name,
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime,
  };
  await kubectl(`create -n shop --as=${RECEIVER} -f -`, manifest('WorkflowRun', name, spec));
  await setVerdict(name, 'Unknown', 'Crafting');
}
const RECEIVER = 'system:serviceaccount:proviso-system:proviso-receiver';

async function setVerdict(name: string, status: string, reason: string): Promise<void> {
  const time = new Date().toISOString();
  const conditions = [{ type: 'Succeeded', status, reason, message: 'as the receiver says', lastTransitionTime: time }];
  const patch = JSON.stringify({ status: { startTime: time, conditions } });
  const args = [
    'patch',
    'workflowrun',
    '-n',
    'shop',
    name,
    '--subresource=status',
    '--type=merge',
    `--as=${RECEIVER}`,
    '-p',
    patch,
  ];
  const { code, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
}

test('a run past its deadline expires and says what was missing', async () => {
  await openRun('late', new Date(Date.now() + 2000).toISOString());
  const run = await eventually('the run to expire', async () => {
    const found = await read<WorkflowRun>('workflowrun', 'late');
    return findCondition(found.status?.conditions, CONDITION.Succeeded)?.reason === 'Expired' ? found : undefined;
  });
  const verdict = findCondition(run.status?.conditions, CONDITION.Succeeded);
  assert.is(verdict?.status, 'False');
  assert.match(verdict?.message ?? '', /missing: a/);
  assert.is(run.status?.progress?.summary, '0/1');
  const events = await kubectl(
    'get events.events.k8s.io -n shop --field-selector reason=Expired -o jsonpath={.items[*].regarding.name}',
  );
  assert.match(events, /late/);
});

test('counters follow the runs, and history over the limit goes', async () => {
  await apply('Workflow', 'build', { contractRef: { name: 'steps' }, history: { limit: 2 } });
  const hour = new Date(Date.now() + 3600_000).toISOString();
  for (const name of ['one', 'two', 'three', 'open']) await openRun(name, hour);
  for (const name of ['one', 'two', 'three']) await setVerdict(name, 'True', 'Accepted');
  const workflow = await eventually('the history to be short', async () => {
    const found = await read<Workflow>('workflow.proviso.dev', 'build');
    return found.status?.runs?.total === 3 && found.status.runs.succeeded === 2 ? found : undefined;
  });
  assert.equal(workflow.status?.runs, { total: 3, active: 1, succeeded: 2, failed: 0 });
  assert.is(workflow.status?.successRate, '100%');
  const left = await kubectl('get workflowruns -n shop -o jsonpath={.items[*].metadata.name}');
  assert.ok(left.split(' ').includes('open'));
  const line = await kubectl('get workflows.proviso.dev -n shop build --no-headers');
  assert.match(line, /^build\s+True\s+steps\s+\S+\s+\w+\s+100%/);
});

test('nothing is written when nothing changed', async () => {
  const versions = async () =>
    kubectl('get contracts,workflows.proviso.dev,evidencestores -A -o jsonpath={.items[*].metadata.resourceVersion}');
  const before = await eventually('a quiet system', async () => {
    const first = await versions();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return first === (await versions()) ? first : undefined;
  });
  await kubectl('annotate contract -n shop steps --overwrite touched=again');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await versions();
  const changed = after.split(' ').filter((version) => !before.split(' ').includes(version));
  assert.is(changed.length, 1, 'only the annotation itself');
});

test('certificates are made, and given ones are left alone', async () => {
  const trust = await kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data}');
  assert.equal(Object.keys(JSON.parse(trust) as object).sort(), ['ca.crt', 'signing-ca.crt']);
  const who = (name: string) =>
    plane.kubectl(['auth', 'can-i', 'get', `secret/${name}`, '-n', 'proviso-system', `--as=${RECEIVER}`]);
  assert.is((await who('proviso-signing-ca')).stdout.trim(), 'yes');
  assert.is((await who('proviso-serving-ca')).stdout.trim(), 'no');
});

test('the operator may mint tokens only for its own accounts and audience', async () => {
  await kubectl('create serviceaccount -n shop bystander');
  const ask = (account: string, audience: string) =>
    plane.kubectl([
      'create',
      'token',
      account,
      '-n',
      'shop',
      `--audience=${audience}`,
      '--as=system:serviceaccount:proviso-system:proviso-operator',
    ]);
  assert.match((await ask('bystander', 'proviso')).stderr, /only for service accounts named proviso-\*/);
  assert.match(
    (await ask('proviso-build', 'https://kubernetes.default.svc')).stderr,
    /only for the audience 'proviso'/,
  );
  assert.is((await ask('proviso-build', 'proviso')).code, 0);
});

test('nobody but Proviso writes a verdict', async () => {
  const patch = '{"status":{"progress":{"summary":"9/9","required":9,"present":9}}}';
  const args = ['patch', 'workflowrun', '-n', 'shop', 'open', '--subresource=status', '--type=merge', '-p', patch];
  assert.match((await plane.kubectl(args)).stderr, /written by Proviso only/);
});

test.run();
