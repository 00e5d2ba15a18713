// deadline: 240
import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { Problem } from '../../src/api/problem.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import { createKubeClient } from '../../src/kube/rest.ts';
import { createTrustRoots, type TrustRoots } from '../../src/receiver/trust-roots.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { serveFiles, serveTls, type TlsServer } from '../support/tls-server.ts';
import { editedRoot, PUBLIC_GOOD, rootUntil } from '../support/trusted-root.ts';
import { TufRepository } from '../support/tuf-repository.ts';

const NAMESPACE = 'proviso-system';
const TARGET = 'trusted_root.json';
const HOUR_MS = 3600_000;
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const OTHER = editedRoot(({ tlogs }) => tlogs.pop());

let operated: Operated;
let mirror: TlsServer;
let repository = new TufRepository();
let answer: RequestListener = serveFiles(() => repository.files);
const test = suite('trust root');

test.before(async () => {
  operated = await Operated.start();
  mirror = await serveTls((request, response) => answer(request, response));
});
test.after(async () => {
  await mirror?.close();
  await operated?.stop();
});
test.before.each(() => {
  operated.ahead = 0;
  repository = new TufRepository();
  repository.publish(TARGET, PUBLIC_GOOD);
  answer = serveFiles(() => repository.files);
});
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete trustroots --all');
});

const apply = (name: string, spec: object): Promise<string> => operated.apply('TrustRoot', name, spec);
const until = (name: string, reason: string): Promise<TrustRoot> =>
  operated.untilReason<TrustRoot>('trustroot', name, reason);
const says = (root: TrustRoot): string => root.status?.conditions?.[0]?.message ?? '';
const tuf = (more: object = {}): object => ({
  sigstore: { tuf: { mirror: mirror.url, root: { inline: repository.root }, ca: mirror.ca, ...more } },
});

async function configMap(name: string, data: Readonly<Record<string, string>>): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data };
  await operated.kubectl('apply -f -', JSON.stringify(object));
}

/** The document as it lies in Proviso's namespace. */
async function published(name: string): Promise<string> {
  const text = await operated.kubectl(`get configmap -n ${NAMESPACE} proviso-trust-root-${name} -o json`);
  return (JSON.parse(text) as { data: Readonly<Record<string, string>> }).data[TARGET] ?? '';
}

/** What the receiver, with its own rights and without a memory, reads. */
async function receiver(): Promise<TrustRoots> {
  const kubeconfig = await operated.plane.serviceAccountKubeconfig(NAMESPACE, 'proviso-receiver');
  return createTrustRoots(createKubeClient(connect(kubeconfig).transport), NAMESPACE);
}

async function problemOf(name: string | undefined, namespace = 'shop'): Promise<string> {
  try {
    const { digest } = await (await receiver()).get(name, namespace);
    return `took ${digest}`;
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Has the operator look again, as at the hourly look. */
const look = (name: string): Promise<string> =>
  operated.kubectl(`annotate trustroot ${name} --overwrite looked=${Math.random()}`);

test('inline: the document is checked, counted, kept, and read by the receiver', async () => {
  await apply('inline', { sigstore: { inline: PUBLIC_GOOD }, thresholds: { timestamps: 0 } });
  const root = await until('inline', 'Ready');
  assert.is(says(root), 'spec.sigstore.inline is in force');
  const { tlogs, certificateAuthorities } = JSON.parse(PUBLIC_GOOD);
  assert.is(root.status?.digest, sha256(PUBLIC_GOOD));
  assert.is(root.status?.configMapName, 'proviso-trust-root-inline');
  assert.is(root.status?.authorities?.tlogs, tlogs.length);
  assert.is(root.status?.authorities?.certificateAuthorities, certificateAuthorities.length);
  assert.is(await published('inline'), PUBLIC_GOOD);
  const document = await (await receiver()).get('inline', 'shop');
  assert.equal(document, {
    digest: sha256(PUBLIC_GOOD),
    json: PUBLIC_GOOD,
    thresholds: { logEntries: 1, timestamps: 0, ctEntries: 1 },
  });
  const columns = await operated.kubectl('get tro');
  assert.match(columns, /^NAME +READY +EXPIRES +AGE\ninline +True +20\d\d-\S+ +\d+s\n$/);
  const owned = await operated.kubectl(`get configmap -n ${NAMESPACE} proviso-trust-root-inline -o yaml`);
  assert.match(owned, new RegExp(`kind: TrustRoot\\n +name: inline\\n +uid: ${root.metadata.uid}`));
});

test('a broken document is told exactly, and what was in force is no more', async () => {
  await apply('broken', { sigstore: { inline: PUBLIC_GOOD } });
  await until('broken', 'Ready');
  for (const [inline, message] of [
    ['{', /^spec\.sigstore\.inline is no trusted root: it isn't JSON that every reader reads the same: .*\(line 1/],
    ['{"a":1,"a":2}', /it isn't JSON that every reader reads the same: .*'a'/],
    [
      '{"mediaType":"text/plain"}',
      /\/mediaType must be application\/vnd\.dev\.sigstore\.trustedroot\+json.*'text\/plain'/,
    ],
    [
      editedRoot((root) => Object.assign(root, { certificateAuthorities: [], timestampAuthorities: [], tlogs: [] })),
      /it has neither certificateAuthorities nor tlogs nor timestampAuthorities/,
    ],
    [
      editedRoot(({ tlogs: [log] }) => Object.assign(log?.publicKey.validFor ?? {}, { start: undefined })),
      /\/tlogs\/0: it has no publicKey\.validFor\.start, so it would count for ever/,
    ],
    [
      editedRoot(({ certificateAuthorities: [first] }) =>
        Object.assign(first ?? {}, { certChain: { certificates: [{ rawBytes: 'AAAA' }] } }),
      ),
      /\/certificateAuthorities\/0: certificate 0 of its chain can't be read/,
    ],
  ] as const) {
    await apply('broken', { sigstore: { inline } });
    const root = await until('broken', 'TrustRootInvalid');
    assert.match(says(root), message);
    assert.is(stalled(root)?.status, 'True');
    assert.is(root.status?.digest, undefined);
  }
  assert.match(await problemOf('broken'), /^trust-root-not-ready: .*is not Ready: TrustRootInvalid: /);
});

test('a ConfigMap may come later, change, and go', async () => {
  const ref = { name: 'sigstore-root', key: TARGET };
  await apply('mapped', { sigstore: { configMapRef: ref } });
  assert.match(says(await until('mapped', 'SourceNotFound')), /there is no ConfigMap sigstore-root in the namespace/);
  await configMap(ref.name, { other: 'x' });
  await operated.untilMessage('trustroot', 'mapped', /has no key 'trusted_root\.json', only other$/);
  await configMap(ref.name, { [TARGET]: PUBLIC_GOOD });
  assert.is((await until('mapped', 'Ready')).status?.digest, sha256(PUBLIC_GOOD));
  await configMap(ref.name, { [TARGET]: OTHER });
  await eventually('the other root', async () => (await problemOf('mapped')) === `took ${sha256(OTHER)}`);
  await operated.kubectl(`delete configmap -n ${NAMESPACE} ${ref.name}`);
  await until('mapped', 'SourceNotFound');
  assert.match(await problemOf('mapped'), /^trust-root-not-ready: .*SourceNotFound/);
});

test('thresholds that the root can not fulfil', async () => {
  await apply('strict', { sigstore: { inline: PUBLIC_GOOD }, thresholds: { ctEntries: 4 } });
  const root = await until('strict', 'InvalidSpec');
  assert.match(says(root), /^spec\.thresholds\.ctEntries is 4, but the root has \d ctlogs, so no signature could pass/);
});

test('of two defaults the older counts, until it goes', async () => {
  await apply('elder', { default: true, sigstore: { inline: PUBLIC_GOOD } });
  await until('elder', 'Ready');
  // Creation times have whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await apply('young', { default: true, sigstore: { inline: OTHER } });
  assert.match(says(await until('young', 'InvalidSpec')), /the TrustRoot 'elder' is the default already/);
  assert.is(await problemOf(undefined), `took ${sha256(PUBLIC_GOOD)}`);
  await operated.kubectl('delete trustroot elder');
  await until('young', 'Ready');
  assert.is(await problemOf(undefined), `took ${sha256(OTHER)}`);
});

test('attack: a namespace that the root is not for', async () => {
  await apply('limited', {
    default: true,
    namespaces: { matchLabels: { team: 'payments' } },
    sigstore: { inline: PUBLIC_GOOD },
  });
  await until('limited', 'Ready');
  const refused = "trust-root-forbidden: the trust root 'limited' is not for the namespace 'shop'";
  assert.is(await problemOf('limited'), refused);
  assert.is(await problemOf(undefined), refused);
  assert.match(await problemOf('limited', 'nowhere'), /^trust-root-forbidden/);
  await operated.kubectl('label namespace shop team=payments');
  assert.is(await problemOf('limited'), `took ${sha256(PUBLIC_GOOD)}`);
  await operated.kubectl('label namespace shop --overwrite team=other');
  assert.is(await problemOf('limited'), refused);
  await operated.kubectl('label namespace shop team-');
});

test('attack: a document that was put into the ConfigMap by somebody else', async () => {
  await apply('tampered', { sigstore: { inline: PUBLIC_GOOD } });
  await until('tampered', 'Ready');
  const forged = editedRoot(({ certificateAuthorities }) => certificateAuthorities.pop());
  // The receiver first, with the operator not told yet: what it reads is a copy from before the repair.
  const altered = {
    find: async (kind: { readonly kind: string }, { name }: { readonly name: string }) =>
      kind.kind === KIND.ConfigMap.kind ? { data: { [TARGET]: forged } } : operated.read('trustroot', name),
  };
  const roots = createTrustRoots(altered as unknown as Parameters<typeof createTrustRoots>[0], NAMESPACE);
  try {
    await roots.get('tampered', 'shop');
    assert.unreachable();
  } catch (error) {
    assert.is((error as Problem).code, 'trust-root-altered');
  }
  await configMap('proviso-trust-root-tampered', { [TARGET]: forged });
  await eventually('the repair', async () => (await published('tampered')) === PUBLIC_GOOD);
  await operated.kubectl(`delete configmap -n ${NAMESPACE} proviso-trust-root-tampered`);
  await eventually('the ConfigMap', async () => (await published('tampered')) === PUBLIC_GOOD);
  assert.is(await problemOf('tampered'), `took ${sha256(PUBLIC_GOOD)}`);
});

test('attack: a ConfigMap of that name which somebody else has made', async () => {
  await configMap('proviso-trust-root-taken', { [TARGET]: OTHER });
  await apply('taken', { sigstore: { inline: PUBLIC_GOOD } });
  assert.match(says(await until('taken', 'NameTaken')), /proviso-trust-root-taken exists and was not made for this/);
  assert.match(await problemOf('taken'), /^trust-root-not-ready/);
  await operated.kubectl(`delete configmap -n ${NAMESPACE} proviso-trust-root-taken`);
  await until('taken', 'Ready');
});

test('a root that is deleted while it is used counts no more, and one of its name is another', async () => {
  await apply('gone', { default: true, sigstore: { inline: PUBLIC_GOOD } });
  await until('gone', 'Ready');
  await operated.kubectl('delete trustroot gone');
  assert.is(await problemOf('gone'), "trust-root-not-found: the trust root 'gone' does not exist");
  assert.match(await problemOf(undefined), /^trust-root-not-found: no trust root is the default/);
  await apply('gone', { sigstore: { inline: OTHER } });
  await until('gone', 'Ready');
  assert.is(await problemOf('gone'), `took ${sha256(OTHER)}`);
});

test('attack: a spec that the operator has not looked at yet is not served under the old verdict', async () => {
  await apply('ahead', { sigstore: { inline: PUBLIC_GOOD } });
  const root = await until('ahead', 'Ready');
  const changed = { ...root, metadata: { ...root.metadata, generation: (root.metadata.generation ?? 0) + 1 } };
  const client = { find: () => Promise.resolve(changed) };
  const roots = createTrustRoots(client as unknown as Parameters<typeof createTrustRoots>[0], NAMESPACE);
  try {
    await roots.get('ahead', 'shop');
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /was changed and is being looked at/);
  }
});

test('expires by itself, and says which authorities are at an end', async () => {
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR_MS);
  await apply('short', { sigstore: { inline: rootUntil(end) } });
  const root = await until('short', 'Ready');
  assert.is(root.status?.expirationTime, end.toISOString());
  operated.ahead = 2 * HOUR_MS;
  const expired = await until('short', 'Expired');
  assert.match(
    says(expired),
    new RegExp(`none of its tlogs is valid since ${end.toISOString()}; give a newer document`),
  );
  assert.is(stalled(expired)?.status, 'True');
  assert.match(await problemOf('short'), /^trust-root-not-ready: .*Expired/);
  operated.ahead = 0;
  await until('short', 'Ready');
});

test('TUF: fetches, refreshes when it is due, and keeps what it has when that fails', async () => {
  await apply('fetched', tuf({ refreshInterval: '2h' }));
  const first = await until('fetched', 'Ready');
  assert.is(says(first), `trusted_root.json of ${mirror.url} is in force`);
  assert.is(first.status?.tufVersion, '1.1.1.1');
  assert.is(await problemOf('fetched'), `took ${sha256(PUBLIC_GOOD)}`);
  // Not before its time.
  mirror.asked.length = 0;
  repository.publish(TARGET, OTHER);
  await look('fetched');
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(mirror.asked, []);
  operated.ahead = 2 * HOUR_MS;
  await look('fetched');
  await eventually('the refresh', async () => (await problemOf('fetched')) === `took ${sha256(OTHER)}`);
  const second = await until('fetched', 'Ready');
  assert.is(second.status?.tufVersion, '1.2.2.2');
  assert.is(second.status?.lastRefreshTime, second.status?.lastAttemptTime);
  answer = (_request, response) => response.writeHead(500).end();
  operated.ahead = 4 * HOUR_MS;
  await look('fetched');
  await operated.untilMessage('trustroot', 'fetched', /is in force, but the last refresh failed: .*answered 500$/);
  const kept = await until('fetched', 'Ready');
  assert.is(kept.status?.lastRefreshTime, second.status?.lastRefreshTime);
  assert.is(await problemOf('fetched'), `took ${sha256(OTHER)}`);
  await eventually('the event', async () =>
    /Warning +FetchFailed +trustroot\/fetched/.test(await operated.kubectl('get events -A')),
  );
  // It doesn't wait for the whole interval then.
  answer = serveFiles(() => repository.files);
  operated.ahead = 4.5 * HOUR_MS;
  await look('fetched');
  await operated.untilMessage('trustroot', 'fetched', /is in force$/);
});

test('attack: TUF: an older version of the repository, although its signatures are good', async () => {
  await apply('rolled', tuf());
  await until('rolled', 'Ready');
  const old = new Map(repository.files);
  repository.publish(TARGET, OTHER);
  operated.ahead = 25 * HOUR_MS;
  await look('rolled');
  await eventually('the refresh', async () => (await problemOf('rolled')) === `took ${sha256(OTHER)}`);
  repository.files = old;
  operated.ahead = 50 * HOUR_MS;
  await look('rolled');
  await operated.untilMessage(
    'trustroot',
    'rolled',
    /timestamp metadata fell from version 2 to 1, which only an attack/,
  );
  assert.is(await problemOf('rolled'), `took ${sha256(OTHER)}`);
  // Nor by having the document thrown away first, so that there is nothing to fall back on.
  await operated.kubectl(`delete configmap -n ${NAMESPACE} proviso-trust-root-rolled`);
  await until('rolled', 'FetchFailed');
  assert.is((await operated.read<TrustRoot>('trustroot', 'rolled')).status?.tufVersion, '1.2.2.2');
  // Another source is counted anew, and what was of the old one is no more.
  repository = new TufRepository();
  repository.publish(TARGET, PUBLIC_GOOD);
  await apply('rolled', tuf());
  assert.is((await until('rolled', 'Ready')).status?.tufVersion, '1.1.1.1');
});

test('attack: TUF: what is signed but is no trusted root does not replace one', async () => {
  await apply('signed', tuf());
  await until('signed', 'Ready');
  repository.publish(TARGET, '{"mediaType":"text/plain"}');
  operated.ahead = 25 * HOUR_MS;
  await look('signed');
  await operated.untilMessage(
    'trustroot',
    'signed',
    /in force, but the last refresh failed: .* is no trusted root: \/mediaType/,
  );
  assert.is(await problemOf('signed'), `took ${sha256(PUBLIC_GOOD)}`);
});

test('TUF: nothing to begin with, and a root that is none', async () => {
  answer = (_request, response) => response.writeHead(503).end();
  await apply('first', tuf());
  const waiting = await until('first', 'FetchFailed');
  assert.is(stalled(waiting), undefined);
  assert.match(says(waiting), /2\.root\.json answered 503$/);
  assert.match(await problemOf('first'), /^trust-root-not-ready: .*FetchFailed/);
  answer = serveFiles(() => repository.files);
  operated.ahead = HOUR_MS;
  await look('first');
  await until('first', 'Ready');
  await apply('first', tuf({ root: { inline: '{}' } }));
  assert.match(says(await until('first', 'TrustRootInvalid')), /^spec\.sigstore\.tuf\.root\.inline is no TUF root: /);
  await apply('first', tuf({ root: { configMapRef: { name: 'tuf-root', key: 'root.json' } } }));
  assert.match(says(await until('first', 'SourceNotFound')), /^spec\.sigstore\.tuf\.root\.configMapRef: there is no/);
  await configMap('tuf-root', { 'root.json': repository.root });
  await until('first', 'Ready');
});

test('attack: the operator writes no ConfigMap but its own', async () => {
  const account = '--as=system:serviceaccount:proviso-system:proviso-operator';
  const patch = [
    'patch',
    'configmap',
    '-n',
    NAMESPACE,
    'proviso-given',
    '--type=merge',
    '-p',
    '{"data":{"a":"b"}}',
    account,
  ];
  await configMap('proviso-given', { a: 'a' });
  await eventually('the refusal', async () =>
    /may write only objects that carry its label/.test((await operated.plane.kubectl(patch)).stderr),
  );
});

test.run();
