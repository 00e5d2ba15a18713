import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';
import { signedFor } from './signed.ts';

/** An object on its way in parts, of which nothing is seen before it is complete. */
export interface Upload {
  send(part: Buffer): Promise<void>;
  /** Makes the object of its parts. */
  complete(): Promise<void>;
  abort(): Promise<void>;
}

/** As many as S3 takes. */
const MAX_PARTS = 10_000;

export async function startUpload({ client, name: Bucket }: Bucket, key: string): Promise<Upload> {
  const target = { Bucket, Key: key };
  const create = new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256' });
  const { UploadId } = await saying(client.send(create));
  const parts: CompletedPart[] = [];
  return {
    async send(Body) {
      if (parts.length === MAX_PARTS) {
        throw new Problem('body-too-large', `an S3 store takes an object in at most ${MAX_PARTS} parts`);
      }
      const PartNumber = parts.length + 1;
      const sha256 = createHash('sha256').update(Body).digest();
      const ChecksumSHA256 = sha256.toString('base64');
      const command = new UploadPartCommand({ ...target, UploadId, PartNumber, Body, ChecksumSHA256 });
      const { ETag } = await saying(client.send(signedFor(command, sha256)));
      parts.push({ PartNumber, ETag, ChecksumSHA256 });
    },
    async complete() {
      const command = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } });
      await saying(client.send(command));
    },
    async abort() {
      await saying(client.send(new AbortMultipartUploadCommand({ ...target, UploadId })));
    },
  };
}
