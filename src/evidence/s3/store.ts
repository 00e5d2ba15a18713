import { PassThrough, type Readable, type Transform } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import { checkingStream } from '../digest.ts';
import { ABANDONED_MS, type EvidenceBytes } from '../store.ts';
import { openBucket } from './bucket.ts';
import { s3Problem, saying, unlessMissing } from './problem.ts';
import { createRoom, type Room } from './room.ts';
import type { S3Settings } from './settings.ts';
import { openStage, type S3Sizes } from './stage.ts';
import { sweepBucket } from './sweep.ts';

const SIZES: S3Sizes = { part: 8 << 20, piece: 2 ** 30 };

/** All buckets of the process together: sixteen uploads of large objects at full speed. */
const ROOM = createRoom(256 << 20);

/** A store in a bucket, laid out as one in a directory is. */
export function s3Store(settings: S3Settings, sizes: S3Sizes = SIZES, room: Room = ROOM): EvidenceBytes {
  const bucket = openBucket(settings);
  const { client, name: Bucket, keys } = bucket;
  return {
    stage: async () => openStage(bucket, sizes, room),
    async get(digest, range) {
      const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
      const command = new GetObjectCommand({ Bucket, Key: keys.blob(digest), Range });
      const answer = await unlessMissing(client.send(command));
      if (answer === undefined) return undefined;
      const body = answer.Body as Readable;
      if (range === undefined) return through(body, checkingStream(digest));
      if (answer.ContentRange?.startsWith(`bytes ${range.start}-${range.end}/`))
        return through(body, new PassThrough());
      body.destroy();
      throw new Problem('store-unavailable', `the S3 store gave other bytes than it was asked for`, { retryAfter: 5 });
    },
    async stat(digest) {
      const found = await unlessMissing(client.send(new HeadObjectCommand({ Bucket, Key: keys.blob(digest) })));
      return found === undefined ? undefined : { digest, size: found.ContentLength ?? 0 };
    },
    async remove(digest) {
      await saying(client.send(new DeleteObjectCommand({ Bucket, Key: keys.blob(digest) })));
    },
    sweep: (now) => sweepBucket(bucket, new Date(now - ABANDONED_MS)),
  };
}

/** The body, with the server's errors in our words; whoever stops reading ends the request. */
function through(body: Readable, transform: Transform): Readable {
  body.on('error', (error) => transform.destroy(s3Problem(error)));
  transform.on('close', () => body.destroy());
  return body.pipe(transform);
}
