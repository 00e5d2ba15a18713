// deadline: 240
import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { probe } from '../../src/evidence/probe.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest, EvidenceBytes, EvidenceInfo } from '../../src/evidence/store.ts';
import { eventually } from '../support/eventually.ts';
import { some } from '../support/some.ts';
import { filesystem } from './providers/filesystem.ts';
import { oci } from './providers/oci.ts';
import type { Opened, Provider } from './providers/provider.ts';
import { s3 } from './providers/s3.ts';

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const byDigest = (a: EvidenceInfo, b: EvidenceInfo): number => (a.digest < b.digest ? -1 : 1);
const listOf = async (store: EvidenceBytes): Promise<readonly EvidenceInfo[]> =>
  (await Array.fromAsync(store.list())).toSorted(byDigest);

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

/** What holds of every store. */
function holdsOf(name: string, start: () => Promise<Provider>): void {
  const test = suite(`every store: ${name}`);
  let provider: Provider;
  let opened: Opened;
  test.before(async () => {
    provider = await start();
  });
  test.before.each(async () => {
    opened = await provider.open();
  });
  test.after(() => provider?.stop());

  test('however bytes are cut into chunks, they come back the same, whole and in every part', async () => {
    const { store, leavings } = opened;
    const chunks = fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(chunks, fc.nat(), fc.nat(), async (parts, from, length) => {
      const bytes = Buffer.concat(parts);
      const stage = await store.stage();
      for (const part of parts) await stage.write(part);
      assert.equal(await stage.commit(), { digest: digestOf(bytes), size: bytes.length });
      await stage.discard();
      assert.equal(await store.stat(digestOf(bytes)), { digest: digestOf(bytes), size: bytes.length });
      assert.equal(await buffer(some(await store.get(digestOf(bytes)))), bytes);
      if (bytes.length === 0) return;
      const start = from % bytes.length;
      const end = Math.min(bytes.length - 1, start + (length % bytes.length));
      const part = await buffer(some(await store.get(digestOf(bytes), { start, end })));
      assert.equal(part, bytes.subarray(start, end + 1));
    });
    await fc.assert(property, { numRuns: 60, seed: 7 });
    assert.equal(await leavings(), []);
  });

  test('objects of the sizes at which something changes, and one byte less and more', async () => {
    const { store, leavings } = opened;
    for (const size of provider.edges.flatMap((edge) => [edge - 1, edge, edge + 1])) {
      const bytes = randomBytes(size);
      const stage = await store.stage();
      // None of the chunks ends where a part does.
      for (let from = 0; from < size; from += 1_000_003) await stage.write(bytes.subarray(from, from + 1_000_003));
      assert.is(await store.stat(digestOf(bytes)), undefined);
      assert.equal(await stage.commit(), { digest: digestOf(bytes), size });
      await stage.discard();
      assert.ok(bytes.equals(await buffer(some(await store.get(digestOf(bytes))))), `${size} bytes`);
    }
    assert.equal(await leavings(), []);
  });

  test('any one damaged byte, or a lost end, is found', async () => {
    const { store, damage } = opened;
    const any = [fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.nat(), fc.boolean()] as const;
    const property = fc.asyncProperty(...any, async (bytes, at, isCut) => {
      const { digest } = await putBytes(store, bytes);
      const place = at % bytes.length;
      const flipped = bytes.map((byte, index) => (index === place ? byte ^ 0x10 : byte));
      await damage(digest, isCut ? bytes.subarray(0, place) : flipped);
      const read = await buffer(some(await store.get(digest))).then(
        () => 'whole',
        (error: unknown) => (error instanceof Problem ? error.code : String(error)),
      );
      assert.is(read, 'digest-mismatch');
      await store.remove(digest);
    });
    await fc.assert(property, { numRuns: 60, seed: 7 });
  });

  test('rot is found before a reader has the whole object, and mended by who hands it in again', async () => {
    const { store, damage } = opened;
    const bytes = randomBytes(200_000);
    const { digest } = await putBytes(store, bytes);
    const rotten = Buffer.from(bytes);
    rotten[100_000] = (rotten[100_000] ?? 0) ^ 1;
    await damage(digest, rotten);
    let seen = 0;
    let failure: unknown;
    try {
      for await (const chunk of some(await store.get(digest)) as AsyncIterable<Buffer>) seen += chunk.length;
    } catch (error) {
      failure = error;
    }
    assert.is(failure instanceof Problem && failure.code, 'digest-mismatch');
    assert.ok(seen < bytes.length);
    await putBytes(store, bytes);
    if (provider.mends) assert.equal(await buffer(some(await store.get(digest))), bytes);
  });

  test('a list has every object once, over several pages, and nothing that is on its way or was removed', async () => {
    const { store, again } = opened;
    assert.equal(await listOf(store), []);
    const objects = Array.from({ length: 23 }, (_, index) => randomBytes(index * 10));
    const put = await Promise.all(objects.map((bytes) => putBytes(store, bytes)));
    const stage = await store.stage();
    await stage.write(randomBytes(4));
    const [removed, ...kept] = put;
    await store.remove(some(removed).digest);
    assert.equal(await listOf(again()), kept.toSorted(byDigest));
    await stage.discard();
  });

  test('who stops listing in the middle can list again', async () => {
    const { store } = opened;
    for (let count = 0; count < 10; count++) await putBytes(store, randomBytes(20));
    for (let times = 0; times < 5; times++) for await (const _ of store.list()) break;
    assert.is((await listOf(store)).length, 10);
  });

  test('what is not there is missing, also once it was removed, and removing it again is no error', async () => {
    const { store, count } = opened;
    const { digest } = await putBytes(store, randomBytes(100));
    for (let times = 0; times < 2; times++) {
      await store.remove(digest);
      assert.is(await store.get(digest), undefined);
      assert.is(await store.get(digest, { start: 0, end: 9 }), undefined);
      assert.is(await store.stat(digest), undefined);
    }
    assert.is(await count(), 0);
  });

  test('nothing is visible before the commit, and a discard leaves nothing', async () => {
    const { store, leavings, count } = opened;
    for (const size of [4, ...provider.edges.map((edge) => edge + 10)]) {
      const stage = await store.stage();
      await stage.write(randomBytes(size));
      assert.is(await store.stat(stage.info().digest), undefined);
      await stage.discard();
      await stage.discard();
    }
    assert.is(await count(), 0);
    assert.equal(await leavings(), []);
  });

  test('many writers of the same bytes, in two replicas, end with one object', async () => {
    const stores = [opened.store, opened.again()];
    const bytes = randomBytes(100_000);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => putBytes(some(stores[index % 2]), bytes)),
    );
    assert.ok(results.every(({ digest }) => digest === digestOf(bytes)));
    assert.is(await opened.count(), 1);
    assert.equal(await opened.leavings(), []);
    assert.equal(await buffer(some(await opened.store.get(digestOf(bytes)))), bytes);
  });

  test('attack: many that commit and take back the same bytes at once, and never what one of them keeps', async () => {
    const stores = [opened.store, opened.again()];
    for (let round = 0; round < 30; round++) {
      const bytes = randomBytes(16);
      const keeps = Array.from({ length: 6 }, (_, index) => index === round % 7);
      const work = keeps.map(async (keep, index) => {
        const stage = await some(stores[index % 2]).stage();
        await stage.write(bytes);
        await stage.commit();
        if (!keep) await stage.withdraw();
        await stage.discard();
      });
      await Promise.all(work);
      if (keeps.includes(true)) assert.ok(await opened.store.stat(digestOf(bytes)), `lost in round ${round}`);
    }
    assert.equal(await opened.leavings(), []);
  });

  test('attack: a digest that is a path', async () => {
    for (const digest of ['sha256:../../etc/passwd', `sha256:${'a'.repeat(63)}/`, 'md5:aa', ''] as Digest[]) {
      for (const use of [
        () => opened.store.get(digest),
        () => opened.store.stat(digest),
        () => opened.store.remove(digest),
      ]) {
        await use().then(
          () => assert.unreachable(),
          (error: unknown) => assert.is(error instanceof Problem && error.code, 'evidence-not-found'),
        );
      }
    }
  });

  test('a reader that stops in the middle does no harm to the next', async () => {
    const bytes = randomBytes(3_000_000);
    const { digest } = await putBytes(opened.store, bytes);
    for (let times = 0; times < 30; times++) {
      for await (const _ of some(await opened.store.get(digest))) break;
    }
    assert.ok(bytes.equals(await buffer(some(await opened.store.get(digest)))));
  });

  test('a probe finds nothing wrong, and leaves nothing', async () => {
    assert.equal(await probe(opened.store), { ok: true, removed: true });
    assert.is(await opened.count(), 0);
    assert.equal(await opened.leavings(), []);
  });

  test('a sweep leaves what is being written, and removes it once it is old', async () => {
    const { store, leavings } = opened;
    for (const size of [4, ...provider.edges.slice(0, 1).map((edge) => edge + 10)]) {
      const stage = await store.stage();
      await stage.write(randomBytes(size));
      // What is on its way arrives after a while.
      const before =
        size < 5 ? await leavings() : await eventually('its one part', async () => nonEmpty(await leavings()));
      assert.is(await store.sweep(Date.now()), 0);
      assert.equal(await leavings(), before);
      await store.sweep(Date.now() + 25 * 3600_000);
      if (provider.sweeps) assert.equal(await leavings(), []);
      await stage.discard();
    }
  });

  test.run();
}

holdsOf('filesystem', filesystem);
holdsOf('s3', s3);
holdsOf('oci', oci);
