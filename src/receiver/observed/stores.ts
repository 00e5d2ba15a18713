import { PassThrough, pipeline, type Readable } from 'node:stream';
import { Problem } from '../../api/problem.ts';
import type { EvidenceBytes, Stage } from '../../evidence/store.ts';
import type { StorageMetrics } from '../../telemetry/storage-metrics.ts';

type Operation = 'stage' | 'write' | 'commit' | 'get' | 'stat' | 'remove';

/** Counts how long a store takes, what fails, and what goes in and out. */
export function observedStore(store: string, bytes: EvidenceBytes, metrics: StorageMetrics): EvidenceBytes {
  const failed = (operation: Operation, error: unknown): void =>
    metrics.storeErrors.inc({ store, operation, code: error instanceof Problem ? error.code : 'internal' });

  async function timed<T>(operation: Operation, work: Promise<T>): Promise<T> {
    const end = metrics.storeSeconds.startTimer({ store, operation });
    try {
      return await work;
    } catch (error) {
      failed(operation, error);
      throw error;
    } finally {
      end();
    }
  }

  const observedStage = (stage: Stage): Stage => ({
    ...stage,
    async write(chunk) {
      await stage.write(chunk).catch((error: unknown) => {
        failed('write', error);
        throw error;
      });
    },
    async commit() {
      const info = await timed('commit', stage.commit());
      metrics.storeBytes.inc({ store, direction: 'written' }, info.size);
      return info;
    },
  });

  /** That a reader went away is no failure of the store. */
  const counted = (stream: Readable): Readable =>
    pipeline(stream, createCounter(), (error) => {
      if (error instanceof Problem) failed('get', error);
    });

  const createCounter = (): PassThrough =>
    new PassThrough({
      transform(chunk: Buffer, _encoding, done) {
        metrics.storeBytes.inc({ store, direction: 'read' }, chunk.length);
        done(null, chunk);
      },
    });

  return {
    ...bytes,
    stage: async (stated) => observedStage(await timed('stage', bytes.stage(stated))),
    async get(digest, range) {
      const stream = await timed('get', bytes.get(digest, range));
      return stream === undefined ? undefined : counted(stream);
    },
    stat: (digest) => timed('stat', bytes.stat(digest)),
    remove: (digest) => timed('remove', bytes.remove(digest)),
  };
}
