// deadline: 180
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyObjects, emptyTally } from '../../src/evidence/copy.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest, EvidenceBytes } from '../../src/evidence/store.ts';
import { some } from '../support/some.ts';
import { filesystem } from './providers/filesystem.ts';
import { oci } from './providers/oci.ts';
import type { Opened, Provider } from './providers/provider.ts';
import { s3 } from './providers/s3.ts';

const test = suite('copying between kinds of stores');
const providers: Provider[] = [];
const stores: Opened[] = [];
test.before(async () => {
  for (const start of [filesystem, s3, oci, filesystem]) {
    const provider = await start();
    providers.push(provider);
    stores.push(await provider.open());
  }
});
test.after(async () => {
  for (const provider of providers) await provider.stop();
});

const content = new Map<Digest, Buffer>();
const copy = async (from: EvidenceBytes, to: EvidenceBytes) => {
  const tally = emptyTally();
  await copyObjects(from, to, { maxBlobSize: 2 ** 30, signal: new AbortController().signal, tally });
  return tally;
};

test('a directory, a bucket, a registry and a directory again have the same bytes, and no leavings', async () => {
  const sizes = [...Array.from({ length: 12 }, (_, index) => index + 1), 8 << 20, (8 << 20) + 1, 20 << 20];
  const [first, ...others] = stores;
  let from = some(first).store;
  for (const size of sizes) {
    const bytes = randomBytes(size);
    content.set((await putBytes(from, bytes)).digest, bytes);
  }
  for (const { store, leavings } of others) {
    assert.is((await copy(from, store)).copied, sizes.length);
    for (const [digest, bytes] of content) {
      assert.ok(bytes.equals(await buffer(some(await store.get(digest)))), digest);
    }
    assert.is((await copy(from, store)).present, sizes.length);
    assert.equal(await leavings(), []);
    from = store;
  }
});

test.run();
