import { checkedDigest } from './digest.ts';
import type { Digest } from './store.ts';

const BLOB = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

/** Where committed objects lie below a store's root, be it a directory or the prefix of a bucket. */
export const BLOBS = 'blobs/sha256';

/** Where what isn't committed lies. */
export const STAGING = 'staging';

/** An object's place below the root. Throws `evidence-not-found` for what is no digest. */
export function blobPath(digest: Digest): string {
  const hex = checkedDigest(digest).slice('sha256:'.length);
  return `${BLOBS}/${hex.slice(0, 2)}/${hex}`;
}

/** The digest of what lies there below `BLOBS`; undefined where no object would. */
export function digestAt(path: string): Digest | undefined {
  const hex = BLOB.exec(path)?.[2];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
