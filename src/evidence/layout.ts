import { checkedDigest } from './digest.ts';
import type { Digest } from './store.ts';

/** Where committed objects lie below a store's root, be it a directory or the prefix of a bucket. */
export const BLOBS = 'blobs/sha256';

/** Where what isn't committed lies. */
export const STAGING = 'staging';

/** An object's place below the root. Throws `evidence-not-found` for what is no digest. */
export function blobPath(digest: Digest): string {
  const hex = checkedDigest(digest).slice('sha256:'.length);
  return `${BLOBS}/${hex.slice(0, 2)}/${hex}`;
}
