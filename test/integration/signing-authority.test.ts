// deadline: 300
import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connect.ts';
import type { CertificateOptions } from '../../src/operator/key-pair.ts';
import { ensureSigning } from '../../src/operator/signing-authority.ts';
import { createCertificateAuthority, DAY_MS, type KeyPairPem } from '../../src/pki/authority.ts';
import { isSameAuthority, publishedAuthority, readPublished, trustedRootJson } from '../../src/pki/published.ts';
import { createSigningAuthority } from '../../src/receiver/signing-authority.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { readTrustedRoot } from '../../src/verify/trusted-root.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { type Authorities, base64, createAuthorities } from '../support/authorities.ts';
import { some } from '../support/some.ts';

const NAMESPACE = 'proviso-system';
const CA = 'proviso-signing-ca';
const ROOT = 'proviso-signing-root';
const HOUR = 3600_000;
const start = Date.now();

let plane: ControlPlane;
let admin: KubeClient;
let options: CertificateOptions;
/** Milliseconds that the operator's clock is ahead. */
let ahead = 0;
const test = suite('signing authority');
test.before(async () => {
  plane = await startControlPlane();
  await plane.applyProject();
  admin = connect(plane.adminKubeconfig).client;
  // With the rights of the operator, and no others.
  const { client } = connect(await plane.serviceAccountKubeconfig(NAMESPACE, 'proviso-operator'));
  const log = createLogger('test', 'silent');
  options = { client, log, namespace: NAMESPACE, endpoint: 'https://receiver.svc', now: () => new Date(start + ahead) };
});
test.after(() => plane?.stop());
/** Every test begins with nothing there. */
test.before.each(async () => {
  ahead = 0;
  for (const name of [CA, ROOT]) await admin.remove(KIND.Secret, { namespace: NAMESPACE, name });
  await admin.remove(KIND.ConfigMap, { namespace: NAMESPACE, name: 'proviso-trust' });
  await admin.remove(KIND.TrustRoot, { name: 'proviso-cluster' });
});

const check = (): Promise<void> => ensureSigning(options, 'the serving CA');

interface Holder extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}
const secret = (name: string): Promise<Holder> => admin.get<Holder>(KIND.Secret, { namespace: NAMESPACE, name });
const textIn = async (name: string, key: string): Promise<string> =>
  Buffer.from((await secret(name)).data[key] ?? '', 'base64').toString();
const certificateIn = async (name: string, key: string): Promise<string> => plain(await textIn(name, key));
const current = (): Promise<string> => certificateIn(CA, 'tls.crt');
/** As Node writes a certificate, with a line break at the end. */
const plain = (pem: string): string => new X509Certificate(pem).toString();
const trustRoot = (): Promise<TrustRoot> => admin.get<TrustRoot>(KIND.TrustRoot, { name: 'proviso-cluster' });
const trustMap = (): Promise<Holder> =>
  admin.get<Holder>(KIND.ConfigMap, { namespace: NAMESPACE, name: 'proviso-trust' });

/** The published intermediates, which have to be the same in both places, each with its root. */
async function published(): Promise<readonly string[]> {
  const { data } = await trustMap();
  const json = some(data['trusted_root.json']);
  const { spec } = await trustRoot();
  assert.equal(spec, {
    default: false,
    sigstore: { inline: json },
    thresholds: { logEntries: 0, timestamps: 0, ctEntries: 0 },
  });
  assert.is(data['ca.crt'], 'the serving CA');
  const reading = readTrustedRoot(json);
  assert.ok(reading.ok);
  const found = reading.root.certificateAuthorities.map(({ certChain }) =>
    some(certChain).certificates.map(({ rawBytes }) => new X509Certificate(rawBytes)),
  );
  for (const chain of found) assert.ok(chain.every((each, i) => each.verify((chain[i + 1] ?? each).publicKey)));
  const issuing = found.map(([first]) => some(first).toString());
  assert.is(data['signing-ca.crt'], issuing.toReversed().join(''));
  return issuing;
}

const put = async (name: string, texts: Readonly<Record<string, string>>, labels = {}): Promise<void> => {
  await admin.remove(KIND.Secret, { namespace: NAMESPACE, name });
  const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)]));
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE, labels }, data };
  await admin.create(KIND.Secret, object as KubeObject);
};
const OURS = { 'app.kubernetes.io/managed-by': 'proviso' };
const asTexts = (pair: KeyPairPem, root?: string): Readonly<Record<string, string>> => ({
  'tls.crt': pair.certificate,
  'tls.key': pair.privateKey,
  ...(root === undefined ? {} : { 'ca.crt': root }),
});
const documentOf = (...all: readonly Authorities[]): string =>
  trustedRootJson(all.map(({ chain }) => publishedAuthority(chain, '')));

test('a root for ten years, an intermediate for ninety days, published, and nothing is written again', async () => {
  await check();
  const root = new X509Certificate(await textIn(ROOT, 'tls.crt'));
  const intermediate = new X509Certificate(await current());
  const days = ({ validFromDate, validToDate }: X509Certificate): number =>
    Math.round((validToDate.getTime() - validFromDate.getTime()) / DAY_MS);
  assert.equal([days(root), days(intermediate)], [3650, 90]);
  assert.is(await textIn(CA, 'ca.crt'), await textIn(ROOT, 'tls.crt'));
  assert.ok(intermediate.verify(root.publicKey));
  assert.equal(Object.keys((await secret(CA)).data).sort(), ['ca.crt', 'tls.crt', 'tls.key']);
  assert.equal(Object.keys((await secret(ROOT)).data).sort(), ['tls.crt', 'tls.key', 'trusted_root.json']);
  assert.equal(await published(), [intermediate.toString()]);
  const versions = async () => [
    (await secret(CA)).metadata.resourceVersion,
    (await secret(ROOT)).metadata.resourceVersion,
    (await trustMap()).metadata.resourceVersion,
    (await trustRoot()).metadata.resourceVersion,
  ];
  const before = await versions();
  ahead = 59 * DAY_MS;
  await check();
  assert.equal(await versions(), before);
});

test('an intermediate that is due is followed by one that was published for an hour', async () => {
  await check();
  const first = await current();
  ahead = 61 * DAY_MS;
  await check();
  const both = await published();
  assert.is(both.length, 2);
  assert.is(await current(), first);
  assert.is(await certificateIn(ROOT, 'next.crt'), some(both[1]));
  ahead += HOUR - 60_000;
  await check();
  assert.is(await current(), first);
  assert.equal(await published(), both);
  ahead += 2 * 60_000;
  await check();
  assert.is(await current(), some(both[1]));
  assert.equal(Object.keys((await secret(ROOT)).data).sort(), ['tls.crt', 'tls.key', 'trusted_root.json']);
  // Past its end, it still tells of what was signed by it.
  ahead = 100 * DAY_MS;
  await check();
  assert.equal(await published(), both);
});

test('a root that is due: its successor signs nothing before it is published, and the old one stays', async () => {
  await check();
  ahead = 2434 * DAY_MS - 20 * DAY_MS;
  await check();
  const [root, first] = [await textIn(ROOT, 'tls.crt'), await current()];
  ahead += 20 * DAY_MS;
  await check();
  const renewed = await textIn(ROOT, 'tls.crt');
  assert.is.not(renewed, root);
  assert.is(await current(), first);
  assert.is(await textIn(CA, 'ca.crt'), root);
  const all = await published();
  assert.is(all.length, 3);
  ahead += HOUR;
  await check();
  assert.is(await current(), some(all[2]));
  assert.is(await textIn(CA, 'ca.crt'), renewed);
  assert.equal(await published(), all);
});

test('after ten years of renewals what is published is bounded, and what ended too long ago is gone', async () => {
  for (let day = 0; day < 8000; day += 61) {
    ahead = day * DAY_MS;
    await check();
    ahead += HOUR;
    await check();
  }
  const all = await published();
  assert.ok(all.length > 55 && all.length < 75, `${all.length} authorities`);
  const { spec } = await trustRoot();
  assert.ok(some(spec.sigstore.inline).length < 200_000, `${spec.sigstore.inline?.length} characters`);
});

test('a deleted intermediate, or one that has ended, is replaced at once', async () => {
  await check();
  const first = await current();
  await admin.remove(KIND.Secret, { namespace: NAMESPACE, name: CA });
  await check();
  const second = await current();
  assert.is.not(second, first);
  assert.equal(await published(), [first, second]);
  ahead = 91 * DAY_MS;
  await check();
  assert.equal(await published(), [first, second, await current()]);
});

test('a deleted root is made anew; the intermediate is used until its successor is published for an hour', async () => {
  await check();
  const [root, first] = [await textIn(ROOT, 'tls.crt'), await current()];
  await admin.remove(KIND.Secret, { namespace: NAMESPACE, name: ROOT });
  await check();
  assert.is.not(await textIn(ROOT, 'tls.crt'), root);
  assert.is(await current(), first);
  const all = await published();
  assert.equal(all, [first, some(all[1])]);
  ahead = HOUR;
  await check();
  assert.is(await current(), some(all[1]));
  assert.equal(await published(), all);
});

test('both Secrets deleted at once lose nothing of what is published', async () => {
  await check();
  const first = await current();
  for (const name of [CA, ROOT]) await admin.remove(KIND.Secret, { namespace: NAMESPACE, name });
  await check();
  assert.equal(await published(), [first, await current()]);
});

const tamper = async (json: string): Promise<void> => {
  await admin.mergePatch(
    KIND.ConfigMap,
    { namespace: NAMESPACE, name: 'proviso-trust' },
    { data: { 'trusted_root.json': json } },
    { fieldManager: 'mallory' },
  );
};

test('attack: an authority that somebody adds to what is published is taken out again', async () => {
  await check();
  const all = await published();
  const stranger = await createAuthorities(new Date());
  await tamper(documentOf(stranger));
  const patch = (spec: object) =>
    admin.mergePatch(KIND.TrustRoot, { name: 'proviso-cluster' }, { spec }, { fieldManager: 'mallory' });
  await patch({ default: true, namespaces: { matchLabels: { a: 'b' } }, thresholds: { logEntries: 3 } });
  await check();
  assert.equal(await published(), all);
  const tuf = { mirror: 'https://evil.example', root: { inline: '{}' } };
  await patch({ sigstore: { inline: null, tuf } });
  await check();
  assert.equal(await published(), all);
  await admin.remove(KIND.TrustRoot, { name: 'proviso-cluster' });
  await admin.remove(KIND.ConfigMap, { namespace: NAMESPACE, name: 'proviso-trust' });
  await check();
  assert.equal(await published(), all);
});

test('attack: an authority that somebody adds in one place, while the record is lost', async () => {
  await check();
  const first = await current();
  const stranger = await createAuthorities(new Date());
  const own = some(readPublished((await trustRoot()).spec.sigstore.inline));
  await tamper(trustedRootJson([...own, publishedAuthority(stranger.chain, '')]));
  for (const name of [CA, ROOT]) await admin.remove(KIND.Secret, { namespace: NAMESPACE, name });
  await check();
  assert.equal(await published(), [first, await current()]);
});

test('attack: a key pair that somebody writes into our Secret signs nothing and is not published', async () => {
  await check();
  const first = await current();
  const stranger = await createAuthorities(new Date());
  const alone = await createCertificateAuthority({ commonName: 'Evil', now: new Date(), days: 9 });
  for (const texts of [
    asTexts(stranger.intermediate, stranger.root.certificate),
    asTexts(alone),
    asTexts(stranger.intermediate, await textIn(ROOT, 'tls.crt')),
    { ...asTexts(stranger.intermediate, await textIn(ROOT, 'tls.crt')), 'tls.crt': first },
    { 'tls.crt': 'x', 'tls.key': 'y' },
  ]) {
    await put(CA, texts, OURS);
    await check();
    assert.is.not(await textIn(CA, 'tls.crt'), texts['tls.crt']);
    const all = await published();
    assert.is(all[0], first);
    assert.is(all.at(-1), await current());
    const chains = some(readPublished((await trustRoot()).spec.sigstore.inline));
    assert.not(chains.some((each) => isSameAuthority(each, publishedAuthority(stranger.chain, ''))));
  }
});

test('a damaged record is taken from what is published, a damaged root replaced', async () => {
  await check();
  const first = await current();
  const patch = (data: object) =>
    admin.mergePatch(KIND.Secret, { namespace: NAMESPACE, name: ROOT }, { data }, { fieldManager: 'test' });
  await patch({ 'trusted_root.json': base64('nonsense') });
  await check();
  assert.equal(await published(), [first]);
  assert.is(await textIn(ROOT, 'trusted_root.json'), some((await trustRoot()).spec.sigstore.inline));
  await patch({ 'tls.key': base64('nonsense') });
  await check();
  assert.is(await current(), first);
  assert.is((await published()).length, 2);
});

test('an authority that was given is used as it is and published: self-signed, or with its root', async () => {
  await check();
  const first = await current();
  const given = await createAuthorities(new Date());
  await put(CA, asTexts(given.intermediate, given.root.certificate));
  await check();
  assert.is(await current(), plain(given.intermediate.certificate));
  assert.equal(await published(), [first, given.chain[0].toString()]);
  const alone = await createCertificateAuthority({ commonName: 'Company', now: new Date(), days: 30 });
  await put(CA, asTexts(alone));
  ahead = 25 * DAY_MS;
  await check();
  assert.is(await current(), plain(alone.certificate));
  assert.is((await published()).length, 3);
  const client = connect(await plane.serviceAccountKubeconfig(NAMESPACE, 'proviso-receiver')).client;
  const material = await createSigningAuthority(client, NAMESPACE).get();
  assert.is(material.trustedRoot.json, some((await trustRoot()).spec.sigstore.inline));
});

const refusal = (): Promise<string> =>
  check().then(
    () => 'taken',
    (error: Error) => error.message,
  );

test("attack: a given intermediate of somebody else's root, or without one, or with another's key", async () => {
  const given = await createAuthorities(new Date());
  const stranger = await createAuthorities(new Date());
  const { intermediate, root } = given;
  await put(CA, asTexts(intermediate, stranger.root.certificate));
  assert.match(await refusal(), /given Secret proviso-signing-ca: .*has signed it isn't there/);
  await put(CA, asTexts(intermediate));
  assert.match(await refusal(), /has signed it isn't there/);
  await put(CA, { ...asTexts(intermediate, root.certificate), 'tls.key': stranger.intermediate.privateKey });
  assert.match(await refusal(), /no tls\.crt with its tls\.key/);
  assert.is(await current(), plain(intermediate.certificate));
});

test("a root Secret that isn't Proviso's is refused with what to do instead", async () => {
  const root = await createCertificateAuthority({ commonName: 'Company', now: new Date(), days: 30, pathLength: 1 });
  await put(ROOT, asTexts(root));
  assert.match(await refusal(), /proviso-signing-root was not made by Proviso; delete it: .*proviso-signing-ca/);
  assert.is(await textIn(ROOT, 'tls.crt'), root.certificate);
});

test.run();
