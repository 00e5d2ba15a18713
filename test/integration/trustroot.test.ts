// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import { KIND } from '../../src/api/kinds.ts';
import type { Problem } from '../../src/api/problem.ts';
import { createTrustRoots } from '../../src/receiver/trust-roots.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { HOUR_MS, SYSTEM, says, TARGET, TrustRootBench } from '../support/trust-root-bench.ts';
import { editedRoot, PUBLIC_GOOD, rootUntil } from '../support/trusted-root.ts';

const sha256 = (text: string): string => `sha256:${sha256Hex(text)}`;
const OTHER = editedRoot(({ tlogs }) => tlogs.pop());

let operated: Operated;
let bench: TrustRootBench;
const test = suite('trust root');

test.before(async () => {
  operated = await Operated.start();
  bench = new TrustRootBench(operated);
});
test.after(() => operated?.stop());
test.before.each(() => {
  operated.ahead = 0;
});
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete trustroots --all');
});

test('inline: the document is checked, counted, kept, and read by the receiver', async () => {
  await bench.apply('inline', { sigstore: { inline: PUBLIC_GOOD }, thresholds: { timestamps: 0 } });
  const root = await bench.until('inline', 'Ready');
  assert.is(says(root), 'spec.sigstore.inline is in force');
  const { tlogs, certificateAuthorities } = JSON.parse(PUBLIC_GOOD);
  assert.is(root.status?.digest, sha256(PUBLIC_GOOD));
  assert.is(root.status?.configMapName, 'proviso-trust-root-inline');
  assert.is(root.status?.authorities?.tlogs, tlogs.length);
  assert.is(root.status?.authorities?.certificateAuthorities, certificateAuthorities.length);
  assert.is(await bench.published('inline'), PUBLIC_GOOD);
  const document = await (await bench.receiver()).get('inline', 'shop');
  assert.equal(document, {
    digest: sha256(PUBLIC_GOOD),
    json: PUBLIC_GOOD,
    thresholds: { timestamps: 0 },
  });
  const columns = await operated.kubectl('get tro inline');
  assert.match(columns, /^NAME +READY +EXPIRES +AGE\ninline +True +20\d\d-\S+ +\d+s\n$/);
  const owned = await operated.kubectl(`get configmap -n ${SYSTEM} proviso-trust-root-inline -o yaml`);
  assert.match(owned, new RegExp(`kind: TrustRoot\\n +name: inline\\n +uid: ${root.metadata.uid}`));
});

test('a broken document is told exactly, and what was in force is no more', async () => {
  await bench.apply('broken', { sigstore: { inline: PUBLIC_GOOD } });
  await bench.until('broken', 'Ready');
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
    await bench.apply('broken', { sigstore: { inline } });
    const root = await bench.until('broken', 'TrustRootInvalid');
    assert.match(says(root), message);
    assert.is(stalled(root)?.status, 'True');
    assert.is(root.status?.digest, undefined);
  }
  assert.match(await bench.taken('broken'), /^trust-root-not-ready: .*is not Ready: TrustRootInvalid: /);
});

test('a ConfigMap may come later, change, and go', async () => {
  const ref = { name: 'sigstore-root', key: TARGET };
  await bench.apply('mapped', { sigstore: { configMapRef: ref } });
  assert.match(
    says(await bench.until('mapped', 'SourceNotFound')),
    /there is no ConfigMap sigstore-root in the namespace/,
  );
  await bench.configMap(ref.name, { other: 'x' });
  await operated.untilMessage('trustroot', 'mapped', /has no key 'trusted_root\.json', only other$/);
  await bench.configMap(ref.name, { [TARGET]: PUBLIC_GOOD });
  assert.is((await bench.until('mapped', 'Ready')).status?.digest, sha256(PUBLIC_GOOD));
  await bench.configMap(ref.name, { [TARGET]: OTHER });
  await eventually('the other root', async () => (await bench.taken('mapped')) === `took ${sha256(OTHER)}`);
  await operated.kubectl(`delete configmap -n ${SYSTEM} ${ref.name}`);
  await bench.until('mapped', 'SourceNotFound');
  assert.match(await bench.taken('mapped'), /^trust-root-not-ready: .*SourceNotFound/);
});

test('thresholds that the root can not fulfil', async () => {
  await bench.apply('strict', { sigstore: { inline: PUBLIC_GOOD }, thresholds: { ctEntries: 4 } });
  const root = await bench.until('strict', 'InvalidSpec');
  assert.match(says(root), /^spec\.thresholds\.ctEntries is 4, but the root has \d ctlogs, so no signature could pass/);
});

test('of two defaults the older counts, until it goes', async () => {
  await bench.apply('elder', { default: true, sigstore: { inline: PUBLIC_GOOD } });
  await bench.until('elder', 'Ready');
  // Creation times have whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await bench.apply('young', { default: true, sigstore: { inline: OTHER } });
  assert.match(says(await bench.until('young', 'InvalidSpec')), /the TrustRoot 'elder' is the default already/);
  assert.is(await bench.taken(undefined), `took ${sha256(PUBLIC_GOOD)}`);
  await operated.kubectl('delete trustroot elder');
  await bench.until('young', 'Ready');
  assert.is(await bench.taken(undefined), `took ${sha256(OTHER)}`);
});

test('attack: a namespace that the root is not for', async () => {
  await bench.apply('limited', {
    default: true,
    namespaces: { matchLabels: { team: 'payments' } },
    sigstore: { inline: PUBLIC_GOOD },
  });
  await bench.until('limited', 'Ready');
  const refused = "trust-root-forbidden: the trust root 'limited' is not for the namespace 'shop'";
  assert.is(await bench.taken('limited'), refused);
  assert.is(await bench.taken(undefined), refused);
  assert.match(await bench.taken('limited', 'nowhere'), /^trust-root-forbidden/);
  await operated.kubectl('label namespace shop team=payments');
  assert.is(await bench.taken('limited'), `took ${sha256(PUBLIC_GOOD)}`);
  await operated.kubectl('label namespace shop --overwrite team=other');
  assert.is(await bench.taken('limited'), refused);
  await operated.kubectl('label namespace shop team-');
});

test('attack: a document that was put into the ConfigMap by somebody else', async () => {
  await bench.apply('tampered', { sigstore: { inline: PUBLIC_GOOD } });
  await bench.until('tampered', 'Ready');
  const forged = editedRoot(({ certificateAuthorities }) => certificateAuthorities.pop());
  // The receiver first, with the operator not told yet: what it reads is a copy from before the repair.
  const altered = {
    find: async (kind: { readonly kind: string }, { name }: { readonly name: string }) =>
      kind.kind === KIND.ConfigMap.kind ? { data: { [TARGET]: forged } } : operated.read('trustroot', name),
  };
  const roots = createTrustRoots(altered as unknown as Parameters<typeof createTrustRoots>[0], SYSTEM);
  try {
    await roots.get('tampered', 'shop');
    assert.unreachable();
  } catch (error) {
    assert.is((error as Problem).code, 'trust-root-altered');
  }
  await bench.configMap('proviso-trust-root-tampered', { [TARGET]: forged });
  await eventually('the repair', async () => (await bench.published('tampered')) === PUBLIC_GOOD);
  await operated.kubectl(`delete configmap -n ${SYSTEM} proviso-trust-root-tampered`);
  await eventually('the ConfigMap', async () => (await bench.published('tampered')) === PUBLIC_GOOD);
  assert.is(await bench.taken('tampered'), `took ${sha256(PUBLIC_GOOD)}`);
});

test('attack: a ConfigMap of that name which somebody else has made', async () => {
  await bench.configMap('proviso-trust-root-taken', { [TARGET]: OTHER });
  await bench.apply('taken', { sigstore: { inline: PUBLIC_GOOD } });
  assert.match(
    says(await bench.until('taken', 'NameTaken')),
    /proviso-trust-root-taken exists and was not made for this/,
  );
  assert.match(await bench.taken('taken'), /^trust-root-not-ready/);
  await operated.kubectl(`delete configmap -n ${SYSTEM} proviso-trust-root-taken`);
  await bench.until('taken', 'Ready');
});

test('a root that is deleted while it is used counts no more, and one of its name is another', async () => {
  await bench.apply('gone', { default: true, sigstore: { inline: PUBLIC_GOOD } });
  await bench.until('gone', 'Ready');
  await operated.kubectl('delete trustroot gone');
  assert.is(await bench.taken('gone'), "trust-root-not-found: the trust root 'gone' does not exist");
  assert.match(await bench.taken(undefined), /^trust-root-not-found: no trust root is the default/);
  await bench.apply('gone', { sigstore: { inline: OTHER } });
  await bench.until('gone', 'Ready');
  assert.is(await bench.taken('gone'), `took ${sha256(OTHER)}`);
});

test('attack: a spec that the operator has not looked at yet is not served under the old verdict', async () => {
  await bench.apply('ahead', { sigstore: { inline: PUBLIC_GOOD } });
  const root = await bench.until('ahead', 'Ready');
  const changed = { ...root, metadata: { ...root.metadata, generation: (root.metadata.generation ?? 0) + 1 } };
  const client = { find: () => Promise.resolve(changed) };
  const roots = createTrustRoots(client as unknown as Parameters<typeof createTrustRoots>[0], SYSTEM);
  try {
    await roots.get('ahead', 'shop');
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /was changed and is being looked at/);
  }
});

test('expires by itself, and says which authorities are at an end', async () => {
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR_MS);
  await bench.apply('short', { sigstore: { inline: rootUntil(end) } });
  const root = await bench.until('short', 'Ready');
  assert.is(root.status?.expirationTime, end.toISOString());
  operated.ahead = 2 * HOUR_MS;
  const expired = await bench.until('short', 'Expired');
  assert.match(
    says(expired),
    new RegExp(`none of its tlogs is valid since ${end.toISOString()}; give a newer document`),
  );
  assert.is(stalled(expired)?.status, 'True');
  assert.match(await bench.taken('short'), /^trust-root-not-ready: .*Expired/);
  operated.ahead = 0;
  await bench.until('short', 'Ready');
  // Looked at by a clock that is right again before anybody compared it.
  operated.ahead = 2 * HOUR_MS;
  await bench.look('short');
  await bench.until('short', 'Expired');
  operated.ahead = 0;
  await bench.until('short', 'Ready');
});

test('attack: the operator writes no ConfigMap but its own', async () => {
  const account = '--as=system:serviceaccount:proviso-system:proviso-operator';
  const patch = [
    'patch',
    'configmap',
    '-n',
    SYSTEM,
    'proviso-given',
    '--type=merge',
    '-p',
    '{"data":{"a":"b"}}',
    account,
  ];
  await bench.configMap('proviso-given', { a: 'a' });
  await eventually('the refusal', async () =>
    /may write only objects that carry its label/.test((await operated.plane.kubectl(patch)).stderr),
  );
});

test.run();
