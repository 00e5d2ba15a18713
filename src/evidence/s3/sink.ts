import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { PartSink } from '../parted-stage.ts';
import type { Digest, EvidenceInfo } from '../store.ts';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';
import { publish } from './publish.ts';
import { signedFor } from './signed.ts';
import { startUpload, type Upload } from './upload.ts';

/** In bytes, but for the page. S3 takes 5 MiB to 5 GiB, the last part of an object may be smaller. */
export interface S3Sizes {
  readonly part: number;
  /** Of what is copied inside the server. */
  readonly piece: number;
  /** Objects that are listed at a time, 1000 at most. */
  readonly page: number;
}

/**
 * What fits into one part is put under its digest in one request. What is larger goes there in parts if its digest is stated
 * beforehand; else under a key of its own, from which it is copied, since S3 can't rename.
 */
export function s3Sink(bucket: Bucket, { piece }: S3Sizes, stated: Digest | undefined): PartSink {
  const { client, name: Bucket, keys } = bucket;
  const key = stated === undefined ? `${keys.staging}${randomUUID()}` : keys.blob(stated);
  let upload: Upload | undefined;
  let isStaged = false;

  async function put(Body: Buffer, { digest }: EvidenceInfo): Promise<void> {
    const sha256 = Buffer.from(digest.slice('sha256:'.length), 'hex');
    const ChecksumSHA256 = sha256.toString('base64');
    const command = new PutObjectCommand({ Bucket, Key: keys.blob(digest), Body, ChecksumSHA256 });
    const { ETag } = await saying(client.send(signedFor(command, sha256)));
    // Something else that answers 200, such as a proxy's page, has stored nothing.
    if (ETag !== undefined) return;
    throw new Problem('store-unavailable', 'the S3 store failed: the answer is not one of S3', { retryAfter: 5 });
  }

  return {
    async send(part) {
      upload ??= await startUpload(bucket, key);
      await upload.send(part);
    },
    async commit(last, { digest, size }) {
      if (upload === undefined) return put(last, { digest, size });
      if (stated !== undefined && stated !== digest) {
        throw new Problem('digest-mismatch', `the bytes have ${digest}, and ${stated} was stated`);
      }
      await upload.send(last);
      await upload.complete();
      upload = undefined;
      if (stated !== undefined) return;
      isStaged = true;
      await publish(bucket, { key, size }, keys.blob(digest), piece);
    },
    async discard() {
      // What can't be removed now is removed by a later sweep.
      await upload?.abort().catch(() => {});
      if (isStaged) await client.send(new DeleteObjectCommand({ Bucket, Key: key })).catch(() => {});
      upload = undefined;
      isStaged = false;
    },
  };
}
