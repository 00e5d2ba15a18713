import { createHash, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { Part } from '../part.ts';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';

/** An object under a key of its own among what isn't committed, on its way in parts. */
export interface Upload {
  readonly key: string;
  /** Begins to send a part once the one before has arrived, and frees it when it has. */
  send(part: Part): Promise<void>;
  /** Makes the object of its parts. */
  complete(): Promise<void>;
  abort(): Promise<void>;
}

/** As many as S3 takes. */
const MAX_PARTS = 10_000;

export async function startUpload({ client, name: Bucket, keys }: Bucket): Promise<Upload> {
  const target = { Bucket, Key: `${keys.staging}${randomUUID()}` };
  const create = new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256' });
  const { UploadId } = await saying(client.send(create));
  const parts: CompletedPart[] = [];
  let sending: Promise<void> = Promise.resolve();

  async function sendPart(part: Part): Promise<void> {
    const PartNumber = parts.length + 1;
    const Body = part.bytes();
    const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
    const command = new UploadPartCommand({ ...target, UploadId, PartNumber, Body, ChecksumSHA256 });
    const { ETag } = await saying(client.send(command));
    parts.push({ PartNumber, ETag, ChecksumSHA256 });
  }

  return {
    key: target.Key,
    async send(part) {
      await sending;
      if (parts.length === MAX_PARTS) {
        throw new Problem('body-too-large', `an S3 store takes an object in at most ${MAX_PARTS} parts`);
      }
      sending = sendPart(part).finally(() => part.free());
      // Told to whoever asks next.
      sending.catch(() => {});
    },
    async complete() {
      await sending;
      const command = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } });
      await saying(client.send(command));
    },
    async abort() {
      // A part that arrives later, also one whose request was broken off, would stay.
      await sending.catch(() => {});
      await saying(client.send(new AbortMultipartUploadCommand({ ...target, UploadId })));
    },
  };
}
