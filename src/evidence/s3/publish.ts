import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { Bucket } from './bucket.ts';
import { saying } from './problem.ts';

/** An object that is complete, under the key it was uploaded to. */
export interface Staged {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Gives a staged object its final key: S3 can't rename, so the server copies it, in pieces of at most `pieceSize`. The new one
 * is visible at once and whole, or not at all; one that is there already is replaced by the same bytes.
 */
export async function publish(bucket: Bucket, staged: Staged, key: string, pieceSize: number): Promise<void> {
  const { client, name: Bucket } = bucket;
  const CopySource = `${Bucket}/${staged.key.split('/').map(encodeURIComponent).join('/')}`;
  if (staged.size <= pieceSize) await saying(client.send(new CopyObjectCommand({ Bucket, Key: key, CopySource })));
  else await saying(copyInPieces(bucket, { key, CopySource }, rangesOf(staged.size, pieceSize)));
  // The bytes were checked when they came; that all of them have arrived where they are read is asked here.
  const { ContentLength } = await saying(client.send(new HeadObjectCommand({ Bucket, Key: key })));
  if (ContentLength === staged.size) return;
  throw new Problem('store-unavailable', `the S3 store copied ${ContentLength} bytes of ${staged.size}`, {
    retryAfter: 5,
  });
}

interface Copy {
  readonly key: string;
  readonly CopySource: string;
}

async function copyInPieces(
  { client, name: Bucket }: Bucket,
  { key, CopySource }: Copy,
  ranges: readonly string[],
): Promise<void> {
  const target = { Bucket, Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const Parts: CompletedPart[] = [];
    for (const CopySourceRange of ranges) {
      const piece = { ...target, UploadId, PartNumber: Parts.length + 1, CopySource, CopySourceRange };
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(piece));
      Parts.push({ PartNumber: piece.PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
    throw error;
  }
}

function rangesOf(size: number, pieceSize: number): readonly string[] {
  const count = Math.ceil(size / pieceSize);
  return Array.from({ length: count }, (_, index) => {
    const start = index * pieceSize;
    return `bytes=${start}-${Math.min(size, start + pieceSize) - 1}`;
  });
}
