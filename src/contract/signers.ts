import { nameOfSubject, type TrustedIdentity, type TrustedSigner } from '../api/trust.ts';
import type { ContractSpecSigner } from '../api/types.gen.ts';

/** A signer in a line: a key by its fingerprint, an identity by its subject, or the pattern of it. */
export function nameOfSigner(signer: TrustedSigner): string {
  return signer.kind === 'key' ? signer.fingerprint : nameOfSubject(signer.subject);
}

/**
 * How many different signers a list can stand for at most: a key that stands in it twice is one, and so is an identity; of a
 * pattern each entry may be another one.
 */
export function mostSigners(signers: readonly TrustedSigner[]): number {
  const ids = signers.map((signer, index) => {
    if (signer.kind === 'key') return signer.fingerprint;
    const { subject, issuer } = signer;
    return JSON.stringify('exact' in subject ? [subject.exact, issuer] : index);
  });
  return new Set(ids).size;
}

/** The signer that a keyless entry names, to be checked against the trusted root of this name. */
export const identitySigner = (
  { issuer, subject, subjectGlob, claims = [] }: NonNullable<ContractSpecSigner['keyless']>,
  root: string,
): TrustedIdentity => ({
  kind: 'identity',
  root,
  issuer,
  // An empty name matches nobody; the schema has one of the two.
  subject: subjectGlob === undefined ? { exact: subject ?? '' } : { glob: subjectGlob },
  claims: claims.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});
