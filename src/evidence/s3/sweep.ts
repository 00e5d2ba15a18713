import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';

/** Removes uploads and staged objects that were begun before the given time; returns how many. */
export async function sweepBucket(bucket: Bucket, before: Date): Promise<number> {
  let removed = 0;
  const { client, name: Bucket, keys } = bucket;
  for (const prefix of [keys.staging, keys.blobs]) {
    for await (const { Key, UploadId, Initiated } of uploadsIn(bucket, prefix)) {
      if (Initiated === undefined || Initiated >= before) continue;
      await saying(client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
      removed += 1;
    }
  }
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: keys.staging })) {
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (LastModified === undefined || LastModified >= before) continue;
      await saying(client.send(new DeleteObjectCommand({ Bucket, Key })));
      removed += 1;
    }
  }
  return removed;
}

/** Uploads in parts that aren't completed. */
async function* uploadsIn({ client, name: Bucket }: Bucket, Prefix: string): AsyncGenerator<MultipartUpload> {
  let from: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> | undefined = {};
  while (from !== undefined) {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = from;
    const command = new ListMultipartUploadsCommand({ Bucket, Prefix, KeyMarker, UploadIdMarker });
    const page: ListMultipartUploadsCommandOutput = await saying(client.send(command));
    yield* page.Uploads ?? [];
    from = page.IsTruncated === true ? page : undefined;
  }
}
