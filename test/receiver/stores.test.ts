import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EvidenceStore } from '../../src/api/types.gen.ts';
import { createStoreAccess } from '../../src/evidence/access.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createStores } from '../../src/receiver/stores.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';

const test = suite('stores of the receiver');
let root: string;
const objects = new Map<string, EvidenceStore>();
// The moves below come about over a day, or not at all but by force.
const client = { find: async (_: unknown, { name }: { name: string }) => objects.get(name) } as unknown as KubeClient;
// Nothing is removed here.
const rescue = { keep: () => Promise.resolve() };
const stores = () =>
  createStores(client, createStoreAccess(client, 'proviso-system'), rescue, createReceiverMetrics().storage);
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-stores-'));
  objects.clear();
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const bytesOf = (name: string) => filesystemStore(join(root, name));
function put(name: string, to?: string, more: { completedTime?: string } = {}): void {
  const moved = { type: 'Moved', status: 'True', reason: 'Copied', message: 'it is', lastTransitionTime: '' } as const;
  const status = to === undefined ? {} : { status: { move: { to, ...more }, conditions: [moved] } };
  objects.set(name, {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'EvidenceStore',
    metadata: { name },
    spec: { maxBlobSize: name.length, filesystem: { path: join(root, name) } },
    ...status,
  } as EvidenceStore);
}

test('the name of a store that was moved, and moved on, is served by the last', async () => {
  put('a', 'bb');
  put('bb', 'ccc');
  put('ccc');
  const { digest: late } = await putBytes(bytesOf('a'), Buffer.from('late'));
  const { digest } = await putBytes(bytesOf('bb'), Buffer.from('later'));
  const store = await stores().get('a');
  assert.equal([store.name, store.maxBlobSize], ['ccc', 3]);
  for (const each of [late, digest]) assert.ok(await store.bytes.get(each).then((stream) => stream && buffer(stream)));
  const { digest: fresh } = await putBytes(store.bytes, Buffer.from('fresh'));
  assert.ok(await bytesOf('ccc').stat(fresh));
  assert.is(await bytesOf('a').stat(fresh), undefined);
});

test('a place that is not needed any more is not asked', async () => {
  put('a', 'bb', { completedTime: '2026-11-28T10:00:00Z' });
  put('bb');
  const { digest } = await putBytes(bytesOf('bb'), Buffer.from('there'));
  await writeFile(join(root, 'a'), 'not a directory');
  const { bytes } = await stores().get('a');
  assert.ok(await bytes.stat(digest));
  const { digest: nowhere } = await putBytes(bytesOf('cc'), Buffer.from('nowhere'));
  assert.is(await bytes.stat(nowhere), undefined);
});

test('what is not where it is now is not said to be missing while the old place is out of order', async () => {
  put('a', 'bb');
  put('bb');
  await writeFile(join(root, 'a'), 'not a directory');
  const { digest } = await putBytes(bytesOf('cc'), Buffer.from('perhaps'));
  const { bytes } = await stores().get('a');
  await bytes.stat(digest).then(
    () => assert.unreachable('it is said to be missing'),
    (error: { code?: string }) => assert.is(error.code, 'store-unavailable'),
  );
});

test('attack: a circle that was made by force, and a store that is gone, are refusals and no endless loop', async () => {
  put('a', 'bb');
  put('bb', 'a');
  const codeOf = (name: string) =>
    stores()
      .get(name)
      .then(
        () => 'served',
        (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
      );
  assert.match(await codeOf('a'), /^store-unavailable .*a, bb were moved to each other/);
  put('bb', 'gone');
  assert.match(await codeOf('a'), /^store-unavailable the evidence store 'gone' does not exist/);
});

test.run();
