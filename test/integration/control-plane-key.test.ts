import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { type Secret, secretData, secretText } from '../../src/api/secret.ts';
import { signedBundle } from '../../src/attestation/sign.ts';
import { VSA_TYPE } from '../../src/attestation/vsa.ts';
import { connect } from '../../src/kube/connect.ts';
import { type ControlPlaneKeyOptions, ensureControlPlaneKey } from '../../src/operator/control-plane-key.ts';
import { type ControlPlaneSigner, createControlPlane } from '../../src/receiver/control-plane.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { readKeyList } from '../../src/verify/key-list.ts';
import { checkSummary } from '../../src/verify/summary.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { generateTestKey } from '../support/signing.ts';
import { some } from '../support/some.ts';

const DAY = 86_400_000;
const SECRET = 'proviso-control-plane-key';
const CONFIG_MAP = 'proviso-control-plane-keys';

let plane: ControlPlane;
const test = suite('control-plane key');
test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
});
test.after(() => plane?.stop());

async function fresh(namespace: string): Promise<ControlPlaneKeyOptions> {
  await plane.kubectl(['create', 'namespace', namespace]);
  const { client } = connect(plane.adminKubeconfig);
  return { client, log: createLogger('test', 'silent'), namespace, now: () => new Date() };
}
const inDays = (options: ControlPlaneKeyOptions, days: number): ControlPlaneKeyOptions => ({
  ...options,
  now: () => new Date(Date.now() + days * DAY),
});
const secretOf = ({ client, namespace }: ControlPlaneKeyOptions) =>
  client.get<Secret & KubeObject>(KIND.Secret, { namespace, name: SECRET });
interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}
const published = async ({ client, namespace }: ControlPlaneKeyOptions) =>
  (await client.get<ConfigMap>(KIND.ConfigMap, { namespace, name: CONFIG_MAP })).data;
const keysIn = (text: string | undefined) => {
  const reading = readKeyList(some(text));
  if (!reading.ok) throw new Error(reading.message);
  return reading.list.keys;
};
const signer = ({ client, namespace }: ControlPlaneKeyOptions) => createControlPlane(client, namespace).get();

const VERIFIER = 'https://example.com/c';
const DIGEST = 'a'.repeat(64);
const EXPECTED = { digests: [`sha256:${DIGEST}`], resourceUri: `${VERIFIER}/w`, levels: ['PROVISO_CONTRACT_MET'] };
/** A summary of the time, by the key. */
function summaryBy({ key, fingerprint }: ControlPlaneSigner, time: Date): Uint8Array {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'a', digest: { sha256: DIGEST } }],
    predicateType: VSA_TYPE,
    predicate: {
      verifier: { id: VERIFIER },
      timeVerified: time.toISOString(),
      resourceUri: EXPECTED.resourceUri,
      policy: { uri: `${VERIFIER}/p` },
      verificationResult: 'PASSED',
      verifiedLevels: EXPECTED.levels,
    },
  };
  return signedBundle(key, Buffer.from(JSON.stringify(statement)), { kind: 'key', hint: fingerprint });
}

test('made once, named after the cluster, published, and left as it is', async () => {
  const options = await fresh('made');
  await ensureControlPlaneKey(options);
  const first = await secretOf(options);
  const uid = await plane.kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
  const { verifierId, fingerprint, keys } = await signer(options);
  assert.is(verifierId, `https://proviso.dev/cluster/${uid.stdout}`);
  const data = await published(options);
  assert.is(data['control-plane.pub'], keys[0]?.publicKey);
  assert.is(data['verifier-id'], verifierId);
  assert.is(keysIn(data['control-plane-keys.json'])[0]?.fingerprint, fingerprint);
  assert.not.match(JSON.stringify(data), /PRIVATE/);
  await ensureControlPlaneKey(options);
  assert.is((await secretOf(options)).metadata.resourceVersion, first.metadata.resourceVersion);
});

test('a year later the next key is published first, signs a week later, and the old one is still told of', async () => {
  const options = await fresh('rotated');
  await ensureControlPlaneKey(options);
  const before = await signer(options);
  const [old, late] = [0, 253].map((days) => summaryBy(before, new Date(Date.now() + days * DAY)));
  await ensureControlPlaneKey(inDays(options, 244));
  const announced = keysIn((await published(options))['control-plane-keys.json']);
  assert.is(announced.length, 2);
  assert.is((await signer(options)).fingerprint, before.fingerprint);
  await ensureControlPlaneKey(inDays(options, 252));
  const after = await signer(options);
  assert.is(after.fingerprint, announced[1]?.fingerprint);
  const data = await published(options);
  assert.is(data['control-plane.pub'], announced[1]?.publicKey);
  const keys = keysIn(data['control-plane-keys.json']);
  assert.is(keys[0]?.fingerprint, before.fingerprint);
  const check = (bytes: Uint8Array) => checkSummary(bytes, { ...EXPECTED, trusted: { verifierId: VERIFIER, keys } });
  const outcome = check(some(old));
  assert.ok(outcome.verified, JSON.stringify(outcome.steps));
  const fails = check(some(late)).steps.filter(({ ok }) => !ok);
  assert.equal(
    fails.map(({ step }) => step),
    ['time'],
    'a stolen key would sign so',
  );
  assert.is(secretText(await secretOf(options), 'next.key'), undefined);
});

test('cut short after any write, the key that signs is one that is published', async () => {
  const options = await fresh('cut');
  for (let writes = 0; writes < 4; writes++) {
    let left = writes;
    const apply: typeof options.client.apply = (kind, object, how) => {
      if (left-- === 0) return Promise.reject(new Error('cut'));
      return options.client.apply(kind, object, how);
    };
    const cut = { ...inDays(options, 0), client: { ...options.client, apply } };
    await ensureControlPlaneKey(cut).catch(() => {});
    const secret = await options.client.find<Secret>(KIND.Secret, { namespace: 'cut', name: SECRET });
    if (secretText(secret, 'signing.key') === undefined) continue;
    const { fingerprint } = await signer(options);
    assert.ok(
      keysIn((await published(options))['control-plane-keys.json']).some((key) => key.fingerprint === fingerprint),
    );
  }
  assert.ok(await signer(options));
});

test('attack: a key added to the ConfigMap, or put in the place of the current one, is gone at the next look', async () => {
  const options = await fresh('tampered');
  await ensureControlPlaneKey(options);
  const before = await published(options);
  const evil = generateTestKey();
  const list = JSON.stringify({ verifierId: before['verifier-id'], keys: [{ publicKey: evil.publicPem }] });
  const patch = { data: { 'control-plane.pub': evil.publicPem, 'control-plane-keys.json': list } };
  const ref = { namespace: 'tampered', name: CONFIG_MAP };
  await options.client.mergePatch(KIND.ConfigMap, ref, patch, { fieldManager: 'attacker' });
  assert.is((await signer(options)).keys[0]?.publicKey, before['control-plane.pub'], 'the receiver never looks there');
  await ensureControlPlaneKey(options);
  assert.equal(await published(options), before);
});

test('attack: a private key that somebody slips into the Secret is not signed with and not published', async () => {
  const options = await fresh('slipped');
  await ensureControlPlaneKey(options);
  const evil = generateTestKey();
  const pem = evil.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ref = { namespace: 'slipped', name: SECRET };
  const patch = { data: secretData({ 'signing.key': pem }) };
  await options.client.mergePatch(KIND.Secret, ref, patch, { fieldManager: 'attacker' });
  const message = await signer(options).then(
    () => 'it signs',
    (error: Error) => error.message,
  );
  assert.match(message, /list of keys without the one that signs/);
  await ensureControlPlaneKey(options);
  const { keys } = await signer(options);
  assert.is(keys.length, 2);
  assert.ok(keys.every(({ publicKey }) => publicKey !== evil.publicPem));
});

test('a Secret that is damaged is made anew, and a name that is asked for is used', async () => {
  const options = { ...(await fresh('damaged')), verifierId: 'https://example.com/prod' };
  await ensureControlPlaneKey(options);
  const ref = { namespace: 'damaged', name: SECRET };
  const patch = { data: secretData({ 'keys.json': 'nothing', 'signing.key': 'nothing' }) };
  await options.client.mergePatch(KIND.Secret, ref, patch, { fieldManager: 'test' });
  await ensureControlPlaneKey(options);
  const { verifierId, keys } = await signer(options);
  assert.is(verifierId, 'https://example.com/prod');
  assert.is(keys.length, 1);
});

test('attack: a key that leaked signs nothing that counts once its Secret was deleted, whatever time it says', async () => {
  const options = { ...(await fresh('leaked')), verifierId: VERIFIER };
  await ensureControlPlaneKey(options);
  const thief = await signer(options);
  const trusted = async () => ({ trusted: await signer(options), ...EXPECTED });
  const times = [0, 1, 30].map((days) => new Date(Date.now() - days * DAY));
  assert.ok(checkSummary(summaryBy(thief, new Date()), await trusted()).verified);
  await options.client.remove(KIND.Secret, { namespace: 'leaked', name: SECRET });
  await ensureControlPlaneKey(options);
  for (const time of times) {
    const { verified, steps } = checkSummary(summaryBy(thief, time), await trusted());
    assert.equal([verified, steps.map(({ step }) => step)], [false, ['signature']]);
  }
  assert.ok(checkSummary(summaryBy(await signer(options), new Date()), await trusted()).verified);
});

test('keys that come from another cluster stay those of the installation that they signed for', async () => {
  const elsewhere = { ...(await fresh('elsewhere')), verifierId: 'https://proviso.dev/cluster/elsewhere' };
  await ensureControlPlaneKey(elsewhere);
  const options = await fresh('restored');
  const { data, metadata } = await secretOf(elsewhere);
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data };
  await options.client.create(KIND.Secret, {
    ...secret,
    metadata: { name: SECRET, namespace: 'restored', labels: metadata.labels ?? {} },
  });
  await ensureControlPlaneKey(inDays(options, 0));
  assert.is((await signer(options)).verifierId, elsewhere.verifierId);
  assert.is((await published(options))['verifier-id'], elsewhere.verifierId);
  assert.equal((await secretOf(options)).data, data);
});

test('a Secret that was given is published as it is, and refused when nobody could check what it signs', async () => {
  const options = await fresh('given');
  const own = generateTestKey();
  const pem = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET, namespace: 'given' }, type: 'Opaque' };
  await options.client.create(KIND.Secret, { ...secret, data: secretData({ 'signing.key': pem }) } as KubeObject);
  await ensureControlPlaneKey(options).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /no list of keys under keys\.json/),
  );
  const made = await fresh('given-by');
  await ensureControlPlaneKey(made);
  const { data } = await secretOf(made);
  const ref = { namespace: 'given', name: SECRET };
  await options.client.mergePatch(KIND.Secret, ref, { data }, { fieldManager: 'test' });
  const before = await secretOf(options);
  await ensureControlPlaneKey(inDays(options, 400));
  assert.equal((await secretOf(options)).data, before.data);
  assert.equal(await published(options), await published(made));
});

test('the key can be read by the receiver and the operator by name, the public parts by everybody with an account', async () => {
  const may = async (who: string, what: string): Promise<string> => {
    const as = [`--as=${who}`, '--as-group=system:authenticated'];
    return (await plane.kubectl(['auth', 'can-i', 'get', what, '-n', 'proviso-system', ...as])).stdout.trim();
  };
  const account = (name: string): string => `system:serviceaccount:proviso-system:${name}`;
  const key = `secrets/${SECRET}`;
  assert.is(await may(account('proviso-receiver'), key), 'yes');
  assert.is(await may(account('proviso-operator'), key), 'yes');
  assert.is(await may(account('default'), key), 'no');
  assert.is(await may('system:serviceaccount:shop:proviso-build', key), 'no');
  assert.is(await may(account('proviso-receiver'), 'secrets'), 'no');
  assert.is(await may('somebody', `configmaps/${CONFIG_MAP}`), 'yes');
  const write = ['auth', 'can-i', 'patch', `configmaps/${CONFIG_MAP}`, '-n', 'proviso-system'];
  for (const who of [account('proviso-receiver'), 'somebody']) {
    const as = [`--as=${who}`, '--as-group=system:authenticated'];
    assert.is((await plane.kubectl([...write, ...as])).stdout.trim(), 'no', who);
  }
});

test.run();
