import { writeFile } from 'node:fs/promises';
import { blobPath } from '../../../src/evidence/layout.ts';
import { createRoom } from '../../../src/evidence/room.ts';
import type { S3Settings } from '../../../src/evidence/s3/settings.ts';
import type { S3Sizes } from '../../../src/evidence/s3/sink.ts';
import { s3Store } from '../../../src/evidence/s3/store.ts';
import { S3_KEYS, type S3Server, startS3 } from '../../tools/s3.ts';
import type { Provider } from './provider.ts';

/** The smallest that S3 takes, and pages of which a test fills some. */
export const SMALL: S3Sizes = { part: 5 << 20, piece: 5 << 20, page: 7 };

export const settingsFor = ({ endpoint }: Pick<S3Server, 'endpoint'>, bucket: string, prefix?: string): S3Settings => ({
  kind: 's3',
  spec: { bucket, endpoint, forcePathStyle: true, ...(prefix === undefined ? {} : { prefix }) },
  identity: { kind: 'keys', keys: S3_KEYS },
});

export async function s3(): Promise<Provider> {
  const server = await startS3();
  let buckets = 0;
  return {
    name: 's3',
    edges: [SMALL.part, 2 * SMALL.part],
    mends: true,
    sweeps: true,
    async open() {
      buckets += 1;
      const bucket = `evidence-${buckets}`;
      await server.makeBucket(bucket);
      const settings = settingsFor(server, bucket, 'prod/evidence/');
      const store = () => s3Store(settings, SMALL, createRoom(256 << 20));
      const objects = (folder: string) => async () =>
        (await server.objects(bucket)).filter((key) => key.startsWith(`prod/evidence/${folder}/`));
      return {
        store: store(),
        settings,
        again: store,
        leavings: async () => [...(await objects('staging')()), ...(await server.parts(bucket))],
        count: async () => (await objects('blobs')()).length,
        damage: (digest, bytes) => writeFile(server.pathOf(bucket, `prod/evidence/${blobPath(digest)}`), bytes),
      };
    },
    stop: () => server.stop(),
  };
}
