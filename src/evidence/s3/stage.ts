import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import { digestOf } from '../digest.ts';
import type { EvidenceInfo, Stage } from '../store.ts';
import type { Bucket } from './bucket.ts';
import { createPart } from './part.ts';
import { saying } from './problem.ts';
import { publish } from './publish.ts';
import type { Room } from './room.ts';
import { startUpload, type Upload } from './upload.ts';

/** In bytes each. S3 takes 5 MiB to 5 GiB, the last part of an object may be smaller. */
export interface S3Sizes {
  readonly part: number;
  /** Of what is copied inside the server. */
  readonly piece: number;
}

/**
 * Bytes on their way into a bucket. What fits into one part is put under its digest in one request; what is larger goes under
 * a key of its own, since the digest isn't known before the end, and is copied from there. At most two parts are in memory: one
 * that is being sent, and one that fills.
 */
export function openStage(bucket: Bucket, sizes: S3Sizes, room: Room): Stage {
  const { client, name: Bucket, keys } = bucket;
  const hash = createHash('sha256');
  let size = 0;
  let part = createPart(sizes.part, room);
  let upload: Upload | undefined;
  let isComplete = false;
  const info = (): EvidenceInfo => ({ digest: digestOf(hash.copy()), size });

  async function send(upload: Upload): Promise<void> {
    await upload.send(part);
    part = createPart(sizes.part, room);
  }

  return {
    async write(chunk) {
      for (let rest = chunk; ; ) {
        rest = rest.subarray(part.add(rest));
        if (rest.length === 0) break;
        upload ??= await startUpload(bucket);
        await send(upload);
      }
      hash.update(chunk);
      size += chunk.length;
    },
    info,
    async commit() {
      const result = info();
      const key = keys.blob(result.digest);
      if (upload === undefined) {
        const ChecksumSHA256 = Buffer.from(result.digest.slice('sha256:'.length), 'hex').toString('base64');
        const command = new PutObjectCommand({ Bucket, Key: key, Body: part.bytes(), ChecksumSHA256 });
        assertStored(await saying(client.send(command)));
        return result;
      }
      await send(upload);
      await upload.complete();
      isComplete = true;
      await publish(bucket, { key: upload.key, size }, key, sizes.piece);
      return result;
    },
    // S3 can't remove an object on the condition that nobody else has committed it since, so it stays.
    withdraw: async () => {},
    async discard() {
      part.free();
      const ended = upload;
      upload = undefined;
      if (ended === undefined) return;
      const removed = isComplete
        ? client.send(new DeleteObjectCommand({ Bucket, Key: ended.key })).then(() => {})
        : ended.abort();
      // What can't be removed now is removed by a later sweep.
      await removed.catch(() => {});
    },
  };
}

/** Something else that answers 200, such as a proxy's page, has stored nothing. */
function assertStored({ ETag }: { readonly ETag?: string | undefined }): void {
  if (ETag !== undefined) return;
  throw new Problem('store-unavailable', 'the S3 store failed: the answer is not one of S3', { retryAfter: 5 });
}
