import { PassThrough, type Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { parseDuration } from '../../api/duration.ts';
import { Problem } from '../../api/problem.ts';
import { checkingStream } from '../digest.ts';
import { partedStage } from '../parted-stage.ts';
import { relay } from '../relay.ts';
import { type Room, UPLOAD_ROOM } from '../room.ts';
import { ABANDONED_MS, type EvidenceBytes } from '../store.ts';
import { openBucket } from './bucket.ts';
import { linkTo } from './link.ts';
import { listBucket } from './list.ts';
import { s3Problem, saying, unlessMissing } from './problem.ts';
import type { S3Settings } from './settings.ts';
import { type S3Sizes, s3Sink } from './sink.ts';
import { sweepBucket } from './sweep.ts';

const SIZES: S3Sizes = { part: 8 << 20, piece: 2 ** 30, page: 1000 };

/** A store in a bucket, laid out as one in a directory is. */
export function s3Store(settings: S3Settings, sizes: S3Sizes = SIZES, room: Room = UPLOAD_ROOM): EvidenceBytes {
  const bucket = openBucket(settings);
  const { client, name: Bucket, keys } = bucket;
  const linkSeconds = parseDuration(settings.spec.signedUrls?.expiry ?? '');
  return {
    ...(linkSeconds === undefined ? {} : { link: (digest, now) => linkTo(bucket, digest, linkSeconds, now) }),
    stage: async (stated) => partedStage(s3Sink(bucket, sizes, stated), sizes.part, room),
    async get(digest, range) {
      const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
      const command = new GetObjectCommand({ Bucket, Key: keys.blob(digest), Range });
      const answer = await unlessMissing(client.send(command));
      if (answer === undefined) return undefined;
      const body = answer.Body as Readable;
      if (range === undefined) return relay(body, checkingStream(digest), s3Problem);
      if (answer.ContentRange?.startsWith(`bytes ${range.start}-${range.end}/`))
        return relay(body, new PassThrough(), s3Problem);
      body.destroy();
      throw new Problem('store-unavailable', `the S3 store gave other bytes than it was asked for`, { retryAfter: 5 });
    },
    async stat(digest) {
      const found = await unlessMissing(client.send(new HeadObjectCommand({ Bucket, Key: keys.blob(digest) })));
      return found === undefined ? undefined : { digest, size: found.ContentLength ?? 0 };
    },
    async remove(digest) {
      await saying(client.send(new DeleteObjectCommand({ Bucket, Key: keys.blob(digest) })));
      return true;
    },
    list: () => listBucket(bucket, sizes.page),
    sweep: (now) => sweepBucket(bucket, new Date(now - ABANDONED_MS)),
  };
}
