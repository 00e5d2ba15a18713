import { Problem } from '../api/problem.ts';
import type { Digest } from '../evidence/store.ts';

const SHA256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;

/** The digest that the sender states for its bytes, by the header of RFC 9530. */
export function statedDigest(header: string | readonly string[] | undefined): Digest | undefined {
  if (typeof header !== 'string') return undefined;
  const base64 = SHA256.exec(header)?.[1];
  if (base64 === undefined) {
    throw new Problem('request-invalid', 'the header Content-Digest has no sha-256 digest', {
      errors: [{ at: 'Content-Digest', message: 'must be sha-256=:BASE64: as RFC 9530 says' }],
    });
  }
  return `sha256:${Buffer.from(base64, 'base64').toString('hex')}`;
}

/** Throws `digest-mismatch` if the sender meant other bytes than those that came. */
export function assertDigest(stated: Digest | undefined, found: Digest): void {
  if (stated === undefined || stated === found) return;
  throw new Problem('digest-mismatch', `the bytes that arrived have ${found}, and ${stated} was stated`, {
    hint: 'they were changed on the way, or while they were read; send them again',
  });
}
