import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import { Problem } from '../../src/api/problem.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createTrustRoots } from '../../src/receiver/trust-roots.ts';

const test = suite('trust roots of the receiver');
const JSON_TEXT = '{"a":1}';

const trustRoot = (name: string, spec: object = {}, status: object = {}): TrustRoot => ({
  metadata: { name, generation: 2, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { sigstore: { inline: JSON_TEXT }, ...spec },
  status: {
    observedGeneration: 2,
    digest: `sha256:${sha256Hex(JSON_TEXT)}`,
    configMapName: `proviso-trust-root-${name}`,
    authorities: { certificateAuthorities: 1, timestampAuthorities: 1, tlogs: 0, ctlogs: 2 },
    conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: 'fine', lastTransitionTime: '' }],
    ...status,
  },
});

/** The receiver with roots and the texts that the ConfigMap has, one after the other. */
function receiver(roots: readonly TrustRoot[], texts: readonly (string | undefined)[] = [JSON_TEXT]) {
  const asked: string[] = [];
  const left = [...texts];
  const client = {
    list: () => Promise.resolve(roots),
    find: (kind: { readonly kind: string }, { namespace, name }: { namespace?: string; name: string }) => {
      asked.push([kind.kind, namespace, name].filter((part) => part !== undefined).join(' '));
      if (kind.kind === 'TrustRoot') return Promise.resolve(roots.find(({ metadata }) => metadata.name === name));
      if (kind.kind === 'Namespace') return Promise.resolve({ metadata: { name, labels: { team: name } } });
      const text = left.length > 1 ? left.shift() : left[0];
      return Promise.resolve(text === undefined ? undefined : { data: { 'trusted_root.json': text } });
    },
  };
  const { get } = createTrustRoots(client as unknown as KubeClient, 'proviso-system');
  const said = async (name: string | undefined, namespace = 'shop'): Promise<string> => {
    try {
      return (await get(name, namespace)).json;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return `${error.code}: ${error.message} [${error.hint}]`;
    }
  };
  return { get, said, asked };
}

test('gives the document, and remembers it per namespace', async () => {
  const { get, asked } = receiver([trustRoot('a')]);
  const document = { digest: `sha256:${sha256Hex(JSON_TEXT)}`, json: JSON_TEXT };
  assert.equal(await get('a', 'shop'), document);
  assert.equal(await get('a', 'shop'), document);
  assert.equal(asked, ['TrustRoot a', 'ConfigMap proviso-system proviso-trust-root-a']);
  await get('a', 'bank');
  assert.is(asked.length, 4);
});

test('thresholds come along as they are given', async () => {
  const thresholds = async (given: object) =>
    (await receiver([trustRoot('a', { thresholds: given })]).get('a', 'n')).thresholds;
  assert.equal(await thresholds({}), {});
  assert.equal(await thresholds({ timestamps: 0, ctEntries: 2 }), { timestamps: 0, ctEntries: 2 });
});

test('attack: what one namespace may use is not remembered for another', async () => {
  const { said } = receiver([trustRoot('a', { default: true, namespaces: { matchLabels: { team: 'shop' } } })]);
  for (const name of ['a', undefined]) {
    assert.is(await said(name, 'shop'), JSON_TEXT);
    assert.match(await said(name, 'bank'), /^trust-root-forbidden: .*'a' is not for the namespace 'bank'/);
  }
});

test('of two defaults the older one counts, whether or not it is Ready', async () => {
  const young = trustRoot('a', { default: true });
  const metadata = { name: 'b', generation: 2, creationTimestamp: '2025-01-01T00:00:00Z' };
  const conditions = [{ type: 'Ready', status: 'False', reason: 'Expired', message: 'over', lastTransitionTime: '' }];
  const old = { ...trustRoot('b', { default: true }, { conditions }), metadata };
  assert.match(
    await receiver([young, old]).said(undefined),
    /^trust-root-not-ready: .*'b' is not Ready: Expired: over/,
  );
  assert.match(await receiver([trustRoot('a')]).said(undefined), /^trust-root-not-found: no trust root is the default/);
});

test('attack: a root that nobody has judged, or not as it is now', async () => {
  const unseen = { metadata: { name: 'a', generation: 1 }, spec: { sigstore: { inline: '{}' } } };
  for (const root of [unseen, trustRoot('a', {}, { observedGeneration: 1 }), trustRoot('a', {}, { conditions: [] })]) {
    assert.match(await receiver([root]).said('a'), /^trust-root-not-ready: .*was changed and is being looked at/);
  }
});

test('attack: other bytes than were checked; the moment of a refresh passes unseen', async () => {
  const hint = /^trust-root-altered: .*\[.*may write ConfigMaps in proviso-system\]$/;
  assert.match(await receiver([trustRoot('a')], ['{"a":2}']).said('a'), hint);
  assert.match(await receiver([trustRoot('a')], [undefined]).said('a'), hint);
  assert.match(await receiver([trustRoot('a', {}, { digest: '' })], ['']).said('a'), hint);
  assert.is(await receiver([trustRoot('a')], ['{"a":2}', JSON_TEXT]).said('a'), JSON_TEXT);
});

test.run();
