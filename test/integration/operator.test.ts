// deadline: 300
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import type { Contract, EvidenceStore, Workflow } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { ALLOWED_ISSUER, ENDPOINT, Operated, RECEIVER, stalled } from '../support/operated.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const PRIVATE = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let operated: Operated;
const test = suite('operator');

test.before(async () => {
  operated = await Operated.start();
});
test.after(() => operated?.stop());
test.after.each(() => operated.assertInvariants());

const secret = (name: string, stringData: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });

async function secretOf(workflow: string): Promise<Record<string, string>> {
  const { data } = await operated.read<KubeObject & { data: Record<string, string> }>('secret', `proviso-${workflow}`);
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

test('a contract gets a revision for each distinct meaning, and going back makes an old one current', async () => {
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  const first = await operated.untilReason<Contract>('contract', 'steps', 'Ready');
  assert.is(first.status?.revision, 1);
  await operated.apply('Contract', 'steps', {
    materials: [{ name: 'a', type: 'ARTIFACT', optional: false }],
    enforcement: 'Enforce',
  });
  const same = await operated.untilReason<Contract>('contract', 'steps', 'Ready');
  assert.is(same.status?.revisionName, first.status?.revisionName);
  await operated.apply('Contract', 'steps', { materials: [{ name: 'b', type: 'ARTIFACT' }] });
  assert.is((await operated.untilReason<Contract>('contract', 'steps', 'Ready')).status?.revision, 2);
  await operated.apply('Contract', 'steps', { materials: [{ name: 'a', type: 'ARTIFACT' }] });
  assert.is((await operated.untilReason<Contract>('contract', 'steps', 'Ready')).status?.revision, 1);
  const revisions = await operated.kubectl('get controllerrevisions -n shop -l proviso.dev/contract=steps -o name');
  assert.is(revisions.trim().split('\n').length, 2);
});

test('a contract whose key is missing is Stalled with what to do, and heals when the Secret appears', async () => {
  const signers = [{ key: { secretRef: { name: 'release-key', key: 'cosign.pub' } } }];
  await operated.apply('Contract', 'signed', { signers });
  const missing = await operated.untilReason<Contract>('contract', 'signed', 'KeyNotFound');
  assert.match(
    stalled(missing)?.message ?? '',
    /spec\.signers\[0\]\.key\.secretRef.*Secret release-key.*create it.*cosign\.pub/,
  );
  await operated.kubectl('create secret generic release-key -n shop --from-literal=other=x');
  await operated.untilMessage('contract', 'signed', /has no key 'cosign\.pub'$/);
  await operated.kubectl('delete secret -n shop release-key');
  await operated.kubectl('apply -n shop -f -', secret('release-key', { 'cosign.pub': PRIVATE }));
  const invalid = await operated.untilReason<Contract>('contract', 'signed', 'KeyInvalid');
  assert.match(stalled(invalid)?.message ?? '', /private key/);
  assert.not.match(JSON.stringify(invalid.status), /BEGIN/);
  await operated.kubectl('apply -n shop -f -', secret('release-key', { 'cosign.pub': PUBLIC }));
  const ready = await operated.untilReason<Contract>('contract', 'signed', 'Ready');
  assert.match(ready.status?.signers?.[0]?.fingerprint ?? '', /^SHA256:/);
  assert.is(stalled(ready), undefined);
});

test('what this version can not enforce is refused and not ignored', async () => {
  await operated.apply('Contract', 'policies', { policies: { attestation: [{ ref: { name: 'x' } }] } });
  assert.ok(stalled(await operated.untilReason<Contract>('contract', 'policies', 'PolicyNotFound')));
  await operated.apply('Contract', 'keyless', {
    signers: [{ keyless: { issuer: 'https://example.com', subject: 'me' } }],
  });
  const missing = stalled(await operated.untilReason<Contract>('contract', 'keyless', 'TrustRootNotFound'));
  assert.match(missing?.message ?? '', /spec\.signers\[0\]\.keyless: no TrustRoot is the default; create one/);
});

test('a workflow names the issuers that the installation allows, and no other', async () => {
  const submitters = (issuer: string, audience = 'proviso') => [
    { oidc: { issuer: ALLOWED_ISSUER.issuer, audience: 'proviso', claims: { repository: 'o/r' } } },
    { oidc: { issuer, audience, claims: { repository: 'o/r' } } },
  ];
  const refused = async (issuer: string, audience?: string): Promise<string> => {
    await operated.apply('Workflow', 'outside', {
      contractRef: { name: 'steps' },
      submitters: submitters(issuer, audience),
    });
    const found = await operated.untilReason<Workflow>('workflow.proviso.dev', 'outside', 'IssuerNotAllowed');
    assert.is(found.status?.serviceAccountName, 'proviso-outside', 'its own identity stays');
    return stalled(found)?.message ?? '';
  };
  const message = await refused('https://example.com');
  assert.match(
    message,
    /^spec\.submitters\[1\]\.oidc\.issuer 'https:\/\/example\.com' .* allowed: https:\/\/issuer\.example$/,
  );
  for (const lookalike of ['https://issuer.example/', 'https://Issuer.example', 'https://issuer.ex\u0430mple']) {
    await refused(lookalike);
  }
  assert.match(
    await refused(ALLOWED_ISSUER.issuer, 'sts.example'),
    /oidc\.audience 'sts\.example'.* allowed: proviso$/,
  );
  const allowed = submitters(ALLOWED_ISSUER.issuer);
  await operated.apply('Workflow', 'outside', { contractRef: { name: 'steps' }, submitters: allowed });
  assert.is(stalled(await operated.untilReason<Workflow>('workflow.proviso.dev', 'outside', 'Ready')), undefined);
});

test('a workflow is provisioned, and drift is repaired', async () => {
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  const { status } = await operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
  assert.equal(
    [status?.contract?.revision, status?.serviceAccountName, status?.evidenceStoreName],
    [1, 'proviso-build', 'default'],
  );
  const token = await secretOf('build');
  assert.equal(Object.keys(token).sort(), ['ca.crt', 'endpoint', 'namespace', 'token', 'workflow']);
  assert.equal([token.endpoint, token.workflow, token.namespace], [ENDPOINT, 'build', 'shop']);
  const may = (name: string) =>
    operated.plane.kubectl([
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
  await operated.kubectl('delete role -n shop proviso-build');
  await eventually(
    'the Role to come back',
    async () => (await operated.plane.kubectl(['get', 'role', '-n', 'shop', 'proviso-build'])).code === 0,
  );
  await operated.kubectl('patch rolebinding -n shop proviso-build --type=merge -p {"subjects":[]}');
  await eventually('the binding to be repaired', async () => (await may('build')).stdout.trim() === 'yes');
});

test('the token is renewed at 80 % of its life, and when its account was made anew', async () => {
  const before = await secretOf('build');
  const claims = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      aud: string[];
      exp: number;
      iat: number;
    };
  assert.equal(claims(before.token ?? '').aud, ['proviso']);
  await operated.touch('build');
  assert.is((await secretOf('build')).token, before.token);
  operated.ahead = 20 * 3600_000;
  await operated.touch('build');
  await eventually('a new token', async () => (await secretOf('build')).token !== before.token);
  operated.ahead = 0;
  const second = await secretOf('build');
  await operated.kubectl('delete serviceaccount -n shop proviso-build');
  await eventually('a token of the new account', async () => (await secretOf('build')).token !== second.token);
  await operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'Ready');
});

test('a workflow whose contract or store is missing says so, and heals', async () => {
  await operated.apply('Workflow', 'early', { contractRef: { name: 'late' }, evidenceStoreRef: { name: 'cold' } });
  assert.ok(stalled(await operated.untilReason<Workflow>('workflow.proviso.dev', 'early', 'ContractNotFound')));
  await operated.apply('Contract', 'late', { signers: [{ key: { configMapRef: { name: 'keys', key: 'k' } } }] });
  await operated.untilReason<Workflow>('workflow.proviso.dev', 'early', 'ContractNotReady');
  await operated.kubectl('create configmap keys -n shop --from-literal=k=nonsense');
  await operated.kubectl('delete configmap -n shop keys');
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keys' }, data: { k: PUBLIC } };
  await operated.kubectl('apply -n shop -f -', JSON.stringify(config));
  assert.ok(stalled(await operated.untilReason<Workflow>('workflow.proviso.dev', 'early', 'StoreNotFound')));
  const cold = {
    filesystem: { path: join(operated.plane.dir, 'cold') },
    namespaces: { matchLabels: { tier: 'gold' } },
  };
  await operated.apply('EvidenceStore', 'cold', cold);
  await operated.untilMessage('workflow.proviso.dev', 'early', /is not for the namespace 'shop'/);
  await operated.kubectl('label namespace shop tier=gold');
  await operated.touch('early');
  await operated.untilReason<Workflow>('workflow.proviso.dev', 'early', 'Ready');
});

test('a name that somebody else has taken is left alone', async () => {
  await operated.kubectl('create serviceaccount -n shop proviso-taken');
  await operated.apply('Workflow', 'taken', { contractRef: { name: 'steps' } });
  const { status } = await operated.untilReason<Workflow>('workflow.proviso.dev', 'taken', 'NameTaken');
  assert.match(status?.conditions?.[0]?.message ?? '', /ServiceAccount shop\/proviso-taken/);
  assert.is((await operated.plane.kubectl(['get', 'role', '-n', 'shop', 'proviso-taken'])).code, 1);
});

test('a store that can not be written says so in the words of the system, and a second default is refused', async () => {
  await operated.apply('EvidenceStore', 'broken', { filesystem: { path: '/dev/null/evidence' } });
  const broken = await operated.untilReason<EvidenceStore>('evidencestore', 'broken', 'ProbeFailed');
  assert.match(stalled(broken)?.message ?? '', /ENOTDIR/);
  await operated.apply('EvidenceStore', 'second', {
    default: true,
    filesystem: { path: join(operated.plane.dir, 'second') },
  });
  const second = await operated.untilReason<EvidenceStore>('evidencestore', 'second', 'InvalidSpec');
  assert.match(stalled(second)?.message ?? '', /'default' is the default already/);
  await operated.kubectl('delete evidencestore broken second');
});

test('nothing is written when nothing changed', async () => {
  const versions = async () =>
    operated.kubectl(
      'get contracts,workflows.proviso.dev,evidencestores -A -o jsonpath={.items[*].metadata.resourceVersion}',
    );
  const before = await eventually('a quiet system', async () => {
    const first = await versions();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return first === (await versions()) ? first : undefined;
  });
  await operated.kubectl('annotate contract -n shop steps --overwrite touched=again');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await versions();
  const changed = after.split(' ').filter((version) => !before.split(' ').includes(version));
  assert.is(changed.length, 1, 'only the annotation itself');
});

test('metrics count what was done, under the names of controller-runtime', async () => {
  const text = await operated.metrics.render();
  const value = (series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );
  assert.ok(value('controller_runtime_reconcile_total{controller="contracts",result="requeue_after"}') > 5);
  assert.is(value('controller_runtime_active_workers{controller="contracts"}'), 0);
  assert.ok(value('workqueue_adds_total{name="workflows"}') > 5);
  assert.is(value('workqueue_depth{name="workflows",priority="live"}'), 0);
  assert.is(value('leader_election_master_status{name="proviso-operator"}'), 1);
  assert.ok(value('controller_runtime_reconcile_time_seconds_count{controller="workflows"}') > 5);
  assert.is(value('controller_runtime_reconcile_errors_total{controller="evidencestores"}'), 0);
});

test('certificates are made, and given ones are left alone', async () => {
  const trust = await operated.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data}');
  assert.equal(Object.keys(JSON.parse(trust) as object).sort(), ['ca.crt', 'signing-ca.crt', 'trusted_root.json']);
  const who = (name: string) =>
    operated.plane.kubectl(['auth', 'can-i', 'get', `secret/${name}`, '-n', 'proviso-system', `--as=${RECEIVER}`]);
  assert.is((await who('proviso-signing-ca')).stdout.trim(), 'yes');
  assert.is((await who('proviso-serving-ca')).stdout.trim(), 'no');
  assert.is((await who('proviso-signing-root')).stdout.trim(), 'no');
});

test('the operator may mint tokens only for its own accounts and audience', async () => {
  await operated.kubectl('create serviceaccount -n shop bystander');
  const ask = (account: string, audience: string) =>
    operated.plane.kubectl([
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

test('attack: with its rights on all Secrets and Roles the operator reaches only its own', async () => {
  const as = '--as=system:serviceaccount:proviso-system:proviso-operator';
  const attempt = (...args: readonly string[]) => operated.plane.kubectl([...args, '-n', 'shop', as]);
  await operated.kubectl('create secret generic theirs -n shop --from-literal=a=b');
  const named = /only Secrets, ConfigMaps, accounts, Roles and RoleBindings named proviso-\*/;
  assert.match(
    (await attempt('patch', 'secret', 'theirs', '--type=merge', '-p', '{"stringData":{"a":"c"}}')).stderr,
    named,
  );
  assert.match((await attempt('create', 'secret', 'generic', 'mine', '--from-literal=a=b')).stderr, named);
  assert.match((await attempt('create', 'serviceaccount', 'mine')).stderr, named);
  assert.match((await attempt('create', 'rolebinding', 'mine', '--role=proviso-build', '--user=me')).stderr, named);
  assert.match(
    (await attempt('create', 'secret', 'generic', 'proviso-x', '--from-literal=a=b')).stderr,
    /carry its label/,
  );
  assert.match((await attempt('get', 'secrets')).stderr, /cannot list resource "secrets"/);
});

test.run();
