import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { connect } from '../../src/kube/connect.ts';
import type { CertificateOptions } from '../../src/operator/key-pair.ts';
import { ensureServing } from '../../src/operator/serving-certificates.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { Helm, the } from '../chart/helm.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';

const DAY = 86_400_000;
const NAMES = ['proviso-serving-ca', 'proviso-receiver-tls'] as const;

let plane: ControlPlane;
const test = suite('serving certificates');
test.before(async () => {
  plane = await startControlPlane();
});
test.after(() => plane?.stop());

async function fresh(namespace: string): Promise<CertificateOptions> {
  await plane.kubectl(['create', 'namespace', namespace]);
  const { client } = connect(plane.adminKubeconfig);
  const log = createLogger('test', 'silent');
  return { client, log, namespace, endpoint: 'https://receiver.svc:8443', now: () => new Date() };
}

interface Secret extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}
const certificateIn = async ({ client, namespace }: CertificateOptions, name: string): Promise<string> => {
  const secret = await client.get<Secret>(KIND.Secret, { namespace, name });
  return Buffer.from(secret.data['tls.crt'] ?? '', 'base64').toString();
};
const all = (options: CertificateOptions) => Promise.all(NAMES.map((name) => certificateIn(options, name)));

test('made once, for the hosts, and left as they are', async () => {
  const options = await fresh('made');
  const ca = await ensureServing(options);
  const first = await all(options);
  const leaf = new X509Certificate(first[1] ?? '');
  assert.is(leaf.checkHost('receiver.svc'), 'receiver.svc');
  assert.ok(leaf.verify(new X509Certificate(ca).publicKey));
  assert.is(await ensureServing(options), ca);
  assert.equal(await all(options), first);
});

test('the serving certificate is renewed at two thirds of its life and for another host, the authority stays', async () => {
  const options = await fresh('renewed');
  const ca = await ensureServing(options);
  const [authority, before] = await all(options);
  await ensureServing({ ...options, now: () => new Date(Date.now() + 50 * DAY) });
  assert.is((await all(options))[1], before);
  assert.is(await ensureServing({ ...options, now: () => new Date(Date.now() + 61 * DAY) }), ca);
  const [same, renewed] = await all(options);
  assert.is.not(renewed, before);
  assert.is(same, authority);
  await ensureServing({ ...options, endpoint: 'https://other.svc' });
  assert.is(new X509Certificate((await all(options))[1] ?? '').checkHost('other.svc'), 'other.svc');
});

test('what was made and then damaged is made anew', async () => {
  const options = await fresh('damaged');
  const ca = await ensureServing(options);
  const [, before] = await all(options);
  const damage = (key: string, text: string) =>
    options.client.mergePatch(
      KIND.Secret,
      { namespace: 'damaged', name: NAMES[1] },
      { data: { [key]: Buffer.from(text).toString('base64') } },
      { fieldManager: 'test' },
    );
  const other = await createCertificateAuthority({ commonName: 'Other', now: new Date(), days: 30 });
  let last = before;
  for (const [key, text] of [
    ['tls.crt', 'no certificate'],
    ['tls.key', other.privateKey],
  ] as const) {
    await damage(key, text);
    assert.is(await ensureServing(options), ca);
    const [, now] = await all(options);
    assert.is.not(now, last);
    assert.ok(new X509Certificate(now ?? '').verify(new X509Certificate(ca).publicKey));
    last = now;
  }
});

test('what was given is used as it is, and refused when clients could not check it', async () => {
  const options = await fresh('given');
  const authority = await createCertificateAuthority({ commonName: 'Company', now: new Date(), days: 30 });
  const leaf = await issueServingCertificate(authority, { hosts: ['receiver.svc'], now: new Date(), days: 1 });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const data = { 'tls.crt': base64(leaf.certificate), 'tls.key': base64(leaf.privateKey) };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: NAMES[1], namespace: 'given' },
    type: 'kubernetes.io/tls',
  };
  await options.client.create(KIND.Secret, { ...secret, data } as KubeObject);
  await ensureServing(options).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /has no ca\.crt/),
  );
  const ref = { namespace: 'given', name: NAMES[1] };
  const patch = { data: { 'ca.crt': base64(authority.certificate) } };
  await options.client.mergePatch(KIND.Secret, ref, patch, { fieldManager: 'test' });
  assert.is(await ensureServing({ ...options, now: () => new Date(Date.now() + 20 * DAY) }), authority.certificate);
  assert.is(await certificateIn(options, NAMES[1]), leaf.certificate);
});

test('what cert-manager puts in place of our own stays, by the label that the chart asks it for', async () => {
  const options = await fresh('cert-manager');
  const ours = await ensureServing(options);
  const authority = await createCertificateAuthority({ commonName: 'Company', now: new Date(), days: 30 });
  const leaf = await issueServingCertificate(authority, { hosts: ['receiver.svc'], now: new Date(), days: 1 });
  const helm = await Helm.create();
  const certManager = { issuerRef: { name: 'company' } };
  const objects = await helm.template({ certificates: { source: 'cert-manager', certManager } });
  await helm.close();
  const { secretName, secretTemplate } = the(objects, 'Certificate', 'proviso-receiver').spec as {
    readonly secretName: string;
    readonly secretTemplate: { readonly labels: Readonly<Record<string, string>> };
  };
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
    metadata: { name: secretName, ...secretTemplate },
    stringData: { 'tls.crt': leaf.certificate, 'tls.key': leaf.privateKey, 'ca.crt': authority.certificate },
  };
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=cert-manager', '-f', '-'];
  const { code, stderr } = await plane.kubectl([...apply, '-n', 'cert-manager'], { input: JSON.stringify(secret) });
  assert.is(code, 0, stderr);
  assert.is.not(authority.certificate, ours);
  assert.is(await ensureServing(options), authority.certificate);
  assert.is(await certificateIn(options, NAMES[1]), leaf.certificate);
});

test.run();
