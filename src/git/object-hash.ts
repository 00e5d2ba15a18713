import { createHash } from 'node:crypto';

/**
 * Whether these are the bytes of the commit with this hash: git hashes `commit <length>\0` and the object, with SHA-256 where
 * the hash has 64 digits, else with SHA-1. Of SHA-1, whoever makes a commit can make two with one hash at great cost
 * (https://shattered.io); git refuses what the known attack makes, and this doesn't.
 */
export function isCommitOf(sha: string, object: Uint8Array): boolean {
  const algorithm = sha.length === 64 ? 'sha256' : 'sha1';
  return createHash(algorithm).update(`commit ${object.length}\0`).update(object).digest('hex') === sha;
}
