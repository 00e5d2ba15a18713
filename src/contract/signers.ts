import type { TrustedSigner } from '../api/trust.ts';

/** A signer in a line: a key by its fingerprint, an identity by its subject, or the pattern of it. */
export function nameOfSigner(signer: TrustedSigner): string {
  if (signer.kind === 'key') return signer.fingerprint;
  return 'exact' in signer.subject ? signer.subject.exact : signer.subject.glob;
}
