import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { digestAt } from '../layout.ts';
import type { EvidenceInfo } from '../store.ts';
import type { Bucket } from './bucket.ts';
import { s3Problem } from './problem.ts';

/** The objects of a bucket, page by page; `pageSize` at a time. */
export async function* listBucket({ client, name, keys }: Bucket, pageSize: number): AsyncGenerator<EvidenceInfo> {
  const pages = paginateListObjectsV2({ client, pageSize }, { Bucket: name, Prefix: keys.blobs });
  try {
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', Size = 0 } of Contents) {
        const digest = digestAt(Key.slice(keys.blobs.length));
        if (digest !== undefined) yield { digest, size: Size };
      }
    }
  } catch (error) {
    throw s3Problem(error);
  }
}
