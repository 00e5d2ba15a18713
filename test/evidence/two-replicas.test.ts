// deadline: 120
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../src/evidence/digest.ts';
import { openEvidenceStore } from '../../src/evidence/open.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Stage } from '../../src/evidence/store.ts';
import { codeOf } from '../support/outcome.ts';
import { some } from '../support/some.ts';
import { filesystem } from './providers/filesystem.ts';
import { oci } from './providers/oci.ts';
import type { Opened, Provider } from './providers/provider.ts';
import { s3 } from './providers/s3.ts';

/** PROVISO_KILLS takes another number. */
const KILLS = Number(process.env.PROVISO_KILLS ?? 3);
/** More than one part of the stores as they are in production. */
const LARGE = (8 << 20) + 1000;

/** What holds when two replicas upload the same bytes at the same time, and only one of them comes to an end. */
function holdsOf(name: string, start: () => Promise<Provider>): void {
  const test = suite(`two replicas, the same bytes: ${name}`);
  let provider: Provider;
  let opened: Opened;
  test.before(async () => {
    provider = await start();
  });
  test.before.each(async () => {
    opened = await provider.open();
  });
  test.after(() => provider?.stop());

  async function assertThere(bytes: Buffer): Promise<void> {
    assert.ok(bytes.equals(await buffer(some(await opened.again().get(sha256Digest(bytes))))));
    assert.is(await opened.count(), 1);
  }

  for (const isStated of [true, false]) {
    test(`one is broken off at any point, its digest ${isStated ? 'stated' : 'not stated'}`, async () => {
      for (const size of [1000, ...provider.edges.map((edge) => edge + 1000)]) {
        const bytes = randomBytes(size);
        const stated = isStated ? sha256Digest(bytes) : undefined;
        const half = size >> 1;
        const begin = async (): Promise<Stage> => {
          const stage = await (begun++ % 2 === 0 ? opened.store : opened.again()).stage(stated);
          await stage.write(bytes.subarray(0, half));
          return stage;
        };
        let begun = 0;
        const kept = await begin();
        // Before the other goes on, while it commits, and after it.
        const early = await begin();
        await early.discard();
        const [during, late] = [await begin(), await begin()];
        await kept.write(bytes.subarray(half));
        await Promise.all([kept.commit(), during.discard()]);
        await late.write(bytes.subarray(half));
        await late.discard();
        await kept.discard();
        await assertThere(bytes);
        assert.equal(await opened.leavings(), []);
        await opened.store.remove(sha256Digest(bytes));
      }
    });
  }

  test('one is refused, since its bytes are others than it stated', async () => {
    for (const size of [1000, ...provider.edges.map((edge) => edge + 1000)]) {
      const bytes = randomBytes(size);
      const wrong = Buffer.from(bytes);
      wrong[size - 1] = (wrong[size - 1] ?? 0) ^ 1;
      const stages = await Promise.all([opened.store, opened.again()].map((store) => store.stage(sha256Digest(bytes))));
      const outcomes = await Promise.all(
        stages.map(async (stage, index) => {
          await stage.write(index === 0 ? bytes : wrong);
          // What a receiver asks before it commits.
          const isRight = stage.info().digest === sha256Digest(bytes);
          const outcome = isRight ? await codeOf(stage.commit()) : 'refused';
          if (!isRight) await stage.withdraw();
          await stage.discard();
          return outcome;
        }),
      );
      assert.equal(outcomes, ['fine', 'refused']);
      await assertThere(bytes);
      assert.equal(await opened.leavings(), []);
      await opened.store.remove(sha256Digest(bytes));
    }
  });

  test(`one is killed at a random point, ${KILLS} times`, async () => {
    const bytes = Buffer.alloc(LARGE, 'of two replicas');
    const program = new URL('./fixtures/replica.ts', import.meta.url).pathname;
    const args = [program, JSON.stringify(opened.settings), String(LARGE)];
    const own = await openEvidenceStore(opened.settings);
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      const [killed] = await Promise.all([killedAfter(child, Math.random() * 300), putBytes(own, bytes)]);
      assert.is(killed, 'SIGKILL');
      // As a receiver does that is started anew.
      await opened.again().sweep(Date.now());
      await assertThere(bytes);
    }
    await opened.again().sweep(Date.now() + 25 * 3600_000);
    if (provider.sweeps) assert.equal(await opened.leavings(), []);
    await assertThere(bytes);
  });

  test.run();
}

async function killedAfter(child: ChildProcessByStdio<null, Readable, null>, ms: number): Promise<string> {
  child.stdout.resume();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  const [, signal] = await exited;
  return String(signal);
}

holdsOf('filesystem', filesystem);
holdsOf('s3', s3);
holdsOf('oci', oci);
