// deadline: 300
import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { waiversFor } from '../../src/contract/waivers.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { Operated } from '../support/operated.ts';
import { some } from '../support/some.ts';
import { activeOf, DAY, done, inMs, judgedOf, refused, SECONDS, WaiverBench } from '../support/waiver-bench.ts';

const ROOT = new URL('../../', import.meta.url);
const LEGACY = { metadata: { name: 'old', namespace: 'shop', labels: { app: 'legacy' } } };

let operated: Operated;
let bench: WaiverBench;
const test = suite('waiver');

test.before(async () => {
  operated = await Operated.start();
  bench = new WaiverBench(operated);
  await bench.prepare();
});
test.after(() => operated?.stop());
test.after.each(() => operated.assertInvariants());

test('one asks, another approves, and it counts until the approval is taken back', async () => {
  await operated.apply('Policy', 'fresh', { kinds: ['SBOM_CYCLONEDX_JSON'], source: { inline: 'violations: []' } });
  const text = await readFile(new URL('config/samples/waiver.yaml', ROOT), 'utf8');
  const sample = text
    .replace('sbom-is-fresh', 'fresh')
    .replace('alice@example.com', 'alice')
    .replace(/"20.*Z"/, JSON.stringify(inMs(30 * DAY)));
  done(await bench.as('alice', ['apply', '-f', '-'], sample));
  const asked = await bench.until('legacy-sbom', 'AwaitingApproval');
  assert.equal([asked.status?.waives, asked.status?.workflows], ['Policy/fresh', 0]);
  assert.equal(waiversFor([asked], { kind: 'Policy', name: 'fresh' }, LEGACY, new Date()), []);
  done(await bench.approve('bob', 'legacy-sbom'));
  const approved = await bench.until('legacy-sbom', 'Approved');
  assert.is(activeOf(approved)?.status, 'True');
  const [held] = waiversFor([approved], { kind: 'Policy', name: 'fresh' }, LEGACY, new Date());
  assert.equal([held?.name, held?.owner, held?.approvedBy], ['legacy-sbom', 'payments', 'bob']);
  const columns = (await bench.as('dave', ['get', 'wvr', '-o', 'wide'])).stdout;
  assert.match(columns, /^NAME +ACTIVE +EXPIRES +OWNER +AGE +WAIVES +APPROVED BY +REASON +MESSAGE\n/);
  assert.match(columns, /legacy-sbom +True +20\S+Z +payments +\d+s +Policy\/fresh +bob +the vendor delivers/);
  // A label of the object is no matter of the approval.
  done(await bench.as('alice', ['label', 'waiver', 'legacy-sbom', 'quarter=4']));
  done(await bench.patch('alice', 'legacy-sbom', { spec: { approvedBy: null, approvedUid: null } }));
  await bench.until('legacy-sbom', 'AwaitingApproval');
  refused(await bench.patch('alice', 'legacy-sbom', await bench.approval('legacy-sbom', 'bob')), /must be alice/);
  done(await bench.approve('bob', 'legacy-sbom'));
  await bench.until('legacy-sbom', 'Approved');
  const events = await eventually('the events', async () => {
    const { stdout } = await operated.plane.kubectl(['get', 'events', '-n', 'shop', '-o', 'json']);
    const { items } = JSON.parse(stdout) as {
      items: { reason: string; type: string; involvedObject: { name: string } }[];
    };
    const own = items.filter(({ involvedObject }) => involvedObject.name === 'legacy-sbom');
    return own.some(({ reason }) => reason === 'Approved') && own;
  });
  assert.equal([...new Set(events.map(({ reason, type }) => `${type} ${reason}`))].sort(), [
    'Normal Approved',
    'Normal AwaitingApproval',
  ]);
  assert.equal(judgedOf(operated, 'legacy-sbom'), ['Allowed Approved', 'Allowed Approved']);
});

test('the workflows that it selects are counted, and a policy that comes or goes is seen at once', async () => {
  done(
    await bench.create('alice', 'counting', { material: undefined, policy: { kind: 'ClusterPolicy', name: 'org' } }),
  );
  assert.match(
    some(activeOf(await bench.until('counting', 'PolicyNotFound'))).message,
    /there is no ClusterPolicy\/org/,
  );
  done(await bench.approve('bob', 'counting'));
  await operated.apply('ClusterPolicy', 'org', { attestation: true, source: { inline: 'violations: []' } });
  await bench.until('counting', 'Approved', 5);
  const counted = (count: number) =>
    eventually(`${count} workflows`, async () => (await bench.read('counting')).status?.workflows === count, 5);
  await operated.apply('Workflow', 'old', { contractRef: { name: 'c' } });
  await operated.kubectl('label workflows.proviso.dev -n shop old app=legacy');
  await counted(1);
  await operated.kubectl('label workflows.proviso.dev -n shop old app-');
  await counted(0);
  await operated.kubectl('delete clusterpolicy org');
  await bench.until('counting', 'PolicyNotFound', 5);
});

test('it ends to the moment, and what it waived is asked for again', async () => {
  const expires = inMs(4 * SECONDS);
  done(await bench.create('alice', 'short', { expires }));
  done(await bench.approve('bob', 'short'));
  const active = await bench.until('short', 'Approved');
  assert.is(waiversFor([active], { material: 'sbom' }, LEGACY, new Date()).length, 1);
  assert.is(waiversFor([active], { material: 'sbom' }, LEGACY, new Date(expires)).length, 0);
  const ended = some(activeOf(await bench.until('short', 'Expired', 8)));
  const lateMs = Date.parse(ended.lastTransitionTime) - Date.parse(expires);
  assert.ok(lateMs >= 0 && lateMs < SECONDS, `${lateMs} ms after its end`);
  assert.equal(judgedOf(operated, 'short'), ['Allowed Approved', 'Refused Expired']);
  refused(await bench.patch('alice', 'short', { spec: { expires: inMs(DAY) } }), /stays as it was asked for/);
  refused(await bench.patch('bob', 'short', { spec: { expires: inMs(DAY) } }), /stays as it was asked for/);
});

test('attack: it can not be made in another name, approved, over already, too long, or by an account', async () => {
  const uid = '3f2c1d5e-8a4b-4c6d-9e7f-0a1b2c3d4e5f';
  refused(await bench.create('alice', 'a', { requestedBy: 'bob' }), /spec\.requestedBy must be alice/);
  refused(await bench.create('alice', 'a', { requestedBy: 'Alice' }), /spec\.requestedBy must be alice/);
  refused(await bench.create('alice', 'a', { approvedBy: 'bob', approvedUid: uid }), /must be absent in a new waiver/);
  refused(await bench.create('alice', 'a', { expires: inMs(-SECONDS) }), /over already/);
  refused(await bench.create('alice', 'a', { expires: inMs(90 * DAY + 60 * SECONDS) }), /at most 90 days/);
  refused(await bench.create('alice', 'a', { expires: '9999-12-31T23:59:59Z' }), /at most 90 days/);
  done(await bench.create('alice', 'longest', { expires: inMs(90 * DAY - 2 * SECONDS) }));
  // By whichever way it comes into being.
  const forged = manifest('Waiver', 'a', bench.spec('alice', { requestedBy: 'bob' }));
  refused(await bench.as('alice', ['apply', '--server-side', '-f', '-'], forged), /spec\.requestedBy must be alice/);
  const exact = inMs(DAY).replace('Z', '999999+02:30');
  done(await bench.create('alice', 'exact', { expires: exact }));
  assert.is((await bench.until('exact', 'AwaitingApproval')).spec.expires, exact);
  refused(await bench.create('alice', 'a', { expires: '0000-01-01T00:00:00Z' }), /spec\.expires/);
  const generated = JSON.stringify({ ...JSON.parse(forged), metadata: { generateName: 'a-' } });
  refused(await bench.as('alice', ['create', '-f', '-'], generated), /spec\.requestedBy must be alice/);
  const created = { creationTimestamp: inMs(30 * DAY), uid };
  const later = { ...JSON.parse(manifest('Waiver', 'a', bench.spec('alice', { expires: inMs(100 * DAY) }))) };
  const dated = JSON.stringify({ ...later, metadata: { name: 'a', ...created } });
  refused(await bench.as('alice', ['create', '-f', '-'], dated), /at most 90 days/);
  refused(await bench.create('bob', 'a', {}), /is forbidden/);
  refused(await bench.create('dave', 'a', {}), /is forbidden/);
  const robot = 'system:serviceaccount:shop:deployer';
  await operated.kubectl(
    'create rolebinding -n shop deployer --clusterrole=proviso-edit --serviceaccount=shop:deployer',
  );
  const kubeconfig = await operated.plane.serviceAccountKubeconfig('shop', 'deployer');
  const own = { kubeconfig, input: manifest('Waiver', 'a', bench.spec(robot)) };
  refused(await operated.plane.kubectl(['create', '-n', 'shop', '-f', '-'], own), /approved by people; system:service/);
});

test('attack: an approval is nobody else’s, not of one’s own, and not without the right', async () => {
  done(await bench.create('alice', 'b'));
  done(await bench.create('carol', 'c'));
  const by = (user: string, name: string) => bench.approval(name, user);
  refused(await bench.approve('alice', 'b'), /must be somebody else than 'requestedBy'/);
  refused(await bench.patch('alice', 'b', await by('bob', 'b')), /spec\.approvedBy must be alice/);
  // Carol holds the verb, but has made it.
  refused(await bench.approve('carol', 'c'), /must be somebody else than 'requestedBy'/);
  refused(await bench.patch('carol', 'c', await by('bob', 'c')), /spec\.approvedBy must be carol/);
  const both = { spec: { ...(await by('carol', 'c')).spec, requestedBy: 'alice' } };
  refused(await bench.patch('carol', 'c', both), /stays as it was asked for/);
  // Editor and administrator of the namespace aren't approvers.
  refused(await bench.approve('boss', 'b'), /boss may not approve this waiver/);
  refused(await bench.approve('dave', 'b'), /is forbidden/);
  const bind = ['create', 'rolebinding', 'self', '--clusterrole=proviso-approve', '--user=boss'];
  refused(await bench.as('boss', bind), /attempting to grant RBAC permissions not currently held/);
  // A name that the API server gives, not one that is said; and server-side apply by another manager is no way around.
  const applied = JSON.parse(manifest('Waiver', 'b', { ...(await by('bob', 'b')).spec })) as object;
  const forced = [
    'apply',
    '--server-side',
    '--force-conflicts',
    '--field-manager=other',
    '--validate=false',
    '-f',
    '-',
  ];
  refused(await bench.as('alice', forced, JSON.stringify(applied)), /spec\.approvedBy must be alice/);
  refused(await bench.as('system:admin', ['get', 'waiver', 'b']), /is forbidden/);
  const masters = ['--as=alice', '--as-group=system:masters'];
  const patch = ['patch', 'waiver', '-n', 'shop', 'b', '--type=merge', '-p', JSON.stringify(await by('alice', 'b'))];
  refused(await operated.plane.kubectl([...patch, ...masters]), /must be somebody else than 'requestedBy'/);
  // An account of the namespace is whoever may run a pod there.
  await operated.kubectl('create rolebinding -n shop robot --clusterrole=proviso-approve --serviceaccount=shop:robot');
  const kubeconfig = await operated.plane.serviceAccountKubeconfig('shop', 'robot');
  const own = JSON.stringify(await by('system:serviceaccount:shop:robot', 'b'));
  const asRobot = ['patch', 'waiver', '-n', 'shop', 'b', '--type=merge', '-p', own];
  refused(await operated.plane.kubectl(asRobot, { kubeconfig }), /system:serviceaccount:shop:robot is an account/);
  for (const name of ['b', 'c']) assert.is(activeOf(await bench.until(name, 'AwaitingApproval'))?.status, 'False');
});

test('attack: one that is made anew under its name is not approved in place of what was looked at', async () => {
  done(await bench.create('alice', 'swapped'));
  const seen = await bench.approval('swapped', 'bob');
  done(await bench.as('alice', ['delete', 'waiver', 'swapped']));
  const all = { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] };
  done(await bench.create('alice', 'swapped', { selector: all, material: 'image' }));
  refused(await bench.patch('bob', 'swapped', seen), /spec\.approvedUid must be the metadata\.uid of this waiver/);
  done(await bench.approve('bob', 'swapped'));
  await bench.until('swapped', 'Approved');
  // Nor is what was approved changed in place, or the approval put into another name.
  for (const spec of [
    { selector: { matchLabels: { app: 'all' } } },
    { material: 'x' },
    { owner: 'x' },
    { reason: 'x' },
  ]) {
    refused(await bench.patch('alice', 'swapped', { spec }), /stays as it was asked for/);
  }
  refused(await bench.patch('carol', 'swapped', await bench.approval('swapped', 'carol')), /can be taken back/);
  refused(await bench.patch('alice', 'swapped', { spec: { approvedUid: seen.spec.approvedUid } }), /can be taken back/);
  await bench.until('swapped', 'Approved');
  // Deleted, it is over, also where a finalizer keeps it.
  done(await bench.patch('alice', 'swapped', { metadata: { finalizers: ['shop.example/keep'] } }));
  done(await bench.as('alice', ['delete', 'waiver', 'swapped', '--wait=false']));
  const kept = await bench.read('swapped');
  assert.equal(waiversFor([kept], { material: 'image' }, LEGACY, new Date()), []);
  done(await bench.patch('alice', 'swapped', { metadata: { finalizers: null } }));
});

test('attack: nobody but the operator says that one is active, and it says nothing else', async () => {
  done(await bench.create('alice', 'claimed'));
  const conditions = [{ ...some(activeOf(await bench.until('claimed', 'AwaitingApproval'))), status: 'True' }];
  const status = { status: { conditions } };
  for (const user of ['alice', 'bob', 'boss']) {
    refused(await bench.patch(user, 'claimed', status, '--subresource=status'), /is forbidden/);
  }
  const path = ['patch', 'waiver', '-n', 'shop', 'claimed', '--type=merge', '--subresource=status', '-p'];
  refused(await operated.plane.kubectl([...path, JSON.stringify(status)]), /status are written by Proviso only/);
  // Of what the operator may write, nothing reaches the spec, and it may write nothing else.
  const operator = 'system:serviceaccount:proviso-system:proviso-operator';
  const spec = (await bench.approval('claimed', operator)).spec;
  done(await operated.plane.kubectl([...path, JSON.stringify({ ...status, spec }), `--as=${operator}`]));
  assert.is((await bench.read('claimed')).spec.approvedBy, undefined);
  const patch = ['patch', 'waiver', '-n', 'shop', 'claimed', '--type=merge', '-p', JSON.stringify({ spec })];
  refused(await operated.plane.kubectl([...patch, `--as=${operator}`]), /is forbidden/);
  await bench.until('claimed', 'AwaitingApproval');
});

test('each role may do what it is for, and no more', async () => {
  const edits = 'create delete deletecollection get list patch update watch';
  assert.is(await bench.rights('alice'), edits);
  assert.is(await bench.rights('boss'), edits);
  assert.is(await bench.rights('bob'), 'approve get list patch update watch');
  assert.is(await bench.rights('dave'), 'get list watch');
  const account = (name: string) => `system:serviceaccount:proviso-system:proviso-${name}`;
  assert.is(await bench.rights(account('operator')), 'list watch');
  assert.is(await bench.rights(account('receiver')), 'list watch');
  assert.is(await bench.rights(account('operator'), 'waivers.proviso.dev/status'), 'get patch');
  for (const user of ['alice', 'bob', 'boss', account('receiver')]) {
    assert.is(await bench.rights(user, 'waivers.proviso.dev/status'), '', user);
  }
  const policies = ['auth', 'can-i', 'get', 'validatingadmissionpolicies.admissionregistration.k8s.io'];
  assert.is((await bench.as(account('operator'), policies)).stdout.trim(), 'no');
  // The right to approve one doesn't reach another.
  const role = ['create', 'role', '-n', 'shop', 'one', '--verb=approve,patch,get', '--resource-name=one'];
  done(await operated.plane.kubectl([...role, '--resource=waivers.proviso.dev']));
  await operated.kubectl('create rolebinding -n shop eve --role=one --user=eve');
  await operated.kubectl('create rolebinding -n shop eve-sees --clusterrole=proviso-view --user=eve');
  await operated.kubectl('create rolebinding -n shop eve-edits --clusterrole=proviso-edit --user=eve');
  for (const name of ['one', 'two']) done(await bench.create('alice', name));
  const named = (name: string) => bench.as('eve', ['auth', 'can-i', 'approve', `waivers.proviso.dev/${name}`]);
  await eventually(
    'the rights of eve',
    async () => (await named('one')).code === 0 && /create/.test(await bench.rights('eve')),
  );
  refused(await bench.approve('eve', 'two'), /eve may not approve this waiver/);
  done(await bench.approve('eve', 'one'));
  await bench.until('one', 'Approved');
});

test('after a restart what was approved counts on, and a clock that is set ends it', async () => {
  const before = some(activeOf(await bench.until('one', 'Approved')));
  await operated.restart();
  done(await bench.create('alice', 'new'));
  await bench.until('new', 'AwaitingApproval');
  assert.equal(activeOf(await bench.until('one', 'Approved')), before);
  operated.ahead = 2 * 3600 * SECONDS;
  await bench.until('one', 'Expired', 8);
  operated.ahead = 0;
  await bench.until('one', 'Approved', 8);
});

test('where it is not known whether anything is enforced, nothing counts', async () => {
  await bench.until('one', 'Approved');
  const role = JSON.parse(await operated.kubectl('get clusterrole proviso-operator -o json')) as {
    rules: { apiGroups: string[] }[];
  };
  const rules = role.rules.filter(({ apiGroups }) => !apiGroups.includes('admissionregistration.k8s.io'));
  assert.is(rules.length, role.rules.length - 1);
  await operated.kubectl('replace -f -', JSON.stringify({ ...role, rules }));
  const reason = async (wanted: string) => {
    await bench.look('one');
    return activeOf(await bench.until('one', wanted, 1));
  };
  const unknown = await eventually('the refusal', () => reason('ProvisioningFailed'), 20);
  assert.is(unknown.status, 'False');
  assert.match(
    unknown.message,
    /validatingadmissionpolic\w+\.admissionregistration\.k8s\.io "proviso-waivers" is forbidden/,
  );
  await operated.kubectl(`apply -f ${new URL('config/rbac/operator.yaml', ROOT).pathname}`);
  await eventually('the right', () => reason('Approved'), 20);
});

test('attack: what was made or approved while nothing enforced it does not count, now or later', async () => {
  const policy = 'validatingadmissionpolicy';
  const kind = `${policy}binding`;
  const weakened: readonly (readonly [of: string, weak: object, strong: object, says: RegExp])[] = [
    [policy, { failurePolicy: 'Ignore' }, { failurePolicy: 'Fail' }, /has the failurePolicy Ignore/],
    [
      kind,
      { matchResources: { namespaceSelector: {} } },
      { matchResources: null },
      /doesn't deny by that policy every/,
    ],
  ];
  for (const [of, weak, strong, says] of weakened) {
    const patch = (spec: object) =>
      operated.kubectl(`patch ${of} proviso-waivers --type=merge -p ${JSON.stringify({ spec })}`);
    await patch(weak);
    await bench.look('one');
    assert.match(some(activeOf(await bench.until('one', 'ApprovalNotEnforced'))).message, says);
    await patch(strong);
    await bench.look('one');
    await bench.until('one', 'Approved');
  }
  const admission = new URL('config/admission/waivers.yaml', ROOT).pathname;
  await operated.kubectl(`patch ${kind} proviso-waivers --type=merge -p {"spec":{"validationActions":["Audit"]}}`);
  await eventually(
    'no admission',
    async () => (await bench.create('alice', 'forged', { requestedBy: 'ghost' })).code === 0,
  );
  const forge = async (name: string) => done(await bench.patch('alice', name, await bench.approval(name, 'bob')));
  await forge('forged');
  const audited = some(activeOf(await bench.until('forged', 'ApprovalNotEnforced')));
  assert.match(audited.message, /doesn't deny by that policy everywhere/);
  await operated.kubectl(`delete ${kind} proviso-waivers`);
  done(await bench.create('alice', 'long', { expires: inMs(91 * DAY) }));
  await bench.until('long', 'TooLong');
  // What was approved rightly doesn't count either, while it isn't known who writes.
  await bench.look('one');
  assert.match(
    some(activeOf(await bench.until('one', 'ApprovalNotEnforced'))).message,
    /no ValidatingAdmissionPolicyBinding/,
  );
  await operated.kubectl('delete validatingadmissionpolicy proviso-waivers');
  await bench.look('forged');
  await eventually('the other message', async () =>
    /there is no ValidatingAdmissionPolicy proviso-waivers/.test(activeOf(await bench.read('forged'))?.message ?? ''),
  );
  await operated.kubectl(`apply -f ${admission}`);
  await bench.enforced();
  await bench.look('forged');
  await eventually('that it is older', async () =>
    /made before that was enforced/.test(activeOf(await bench.read('forged'))?.message ?? ''),
  );
  done(await bench.create('alice', 'after'));
  done(await bench.approve('bob', 'after'));
  await bench.until('after', 'Approved');
});

test.run();
