import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { Part } from '../part.ts';
import type { PartSink } from '../parted-stage.ts';
import type { EvidenceInfo } from '../store.ts';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';
import { publish } from './publish.ts';
import { startUpload, type Upload } from './upload.ts';

/** In bytes each. S3 takes 5 MiB to 5 GiB, the last part of an object may be smaller. */
export interface S3Sizes {
  readonly part: number;
  /** Of what is copied inside the server. */
  readonly piece: number;
}

/**
 * What fits into one part is put under its digest in one request; what is larger goes under a key of its own, since the digest
 * isn't known before the end, and is copied from there. At most two parts are in memory: one that is being sent, and one that
 * fills.
 */
export function s3Sink(bucket: Bucket, { piece }: S3Sizes): PartSink {
  const { client, name: Bucket, keys } = bucket;
  let upload: Upload | undefined;
  let isComplete = false;

  async function put(part: Part, { digest }: EvidenceInfo): Promise<void> {
    const ChecksumSHA256 = Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64');
    const command = new PutObjectCommand({ Bucket, Key: keys.blob(digest), Body: part.bytes(), ChecksumSHA256 });
    const { ETag } = await saying(client.send(command));
    // Something else that answers 200, such as a proxy's page, has stored nothing.
    if (ETag !== undefined) return;
    throw new Problem('store-unavailable', 'the S3 store failed: the answer is not one of S3', { retryAfter: 5 });
  }

  return {
    async send(part) {
      upload ??= await startUpload(bucket);
      await upload.send(part);
    },
    async commit(last, info) {
      if (upload === undefined) return put(last, info);
      await upload.send(last);
      await upload.complete();
      isComplete = true;
      await publish(bucket, { key: upload.key, size: info.size }, keys.blob(info.digest), piece);
    },
    async discard() {
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
