import { canonicalJson, sha256Hex } from '../api/canonical.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { BaselineTerms, ContractMaterial, ContractPolicy, EffectiveContract } from './effective.ts';

/**
 * `sha256:` and SHA-256, hex, of what a contract means: the same for two specs that differ only in form. Form is also the order of lists:
 * materials and annotations have names, variables are a set, any one of the signers will do, and all policies judge.
 */
export const canonicalDigest = (contract: EffectiveContract | BaselineTerms): string =>
  `sha256:${sha256Hex(
    canonicalJson({
      ...contract,
      materials: byName(contract.materials.map(inOrder)),
      envAllowList: contract.envAllowList.toSorted(),
      annotations: byName(contract.annotations),
      signers: sorted(contract.signers),
      ...(contract.policies === undefined ? {} : { policies: sorted(contract.policies) }),
      ...('baselines' in contract && contract.baselines !== undefined ? { baselines: byName(contract.baselines) } : {}),
    }),
  )}`;

const inOrder = ({ annotations, signers, ...material }: ContractMaterial) => ({
  ...material,
  annotations: byName(annotations),
  ...(signers === undefined ? {} : { signers: sorted(signers) }),
});

const sorted = (list: readonly (TrustedSigner | ContractPolicy)[]): readonly string[] =>
  list.map((each) => canonicalJson(each)).toSorted();

/** The name of the ControllerRevision that holds a revision; it carries ten digits of the digest. */
export const revisionNameOf = (contract: string, digest: string): string =>
  `${contract}-${digest.slice('sha256:'.length).slice(0, 10)}`;

/** Whether what stands where a contract is expected means what the digest says; it may have been put there by anybody. */
export function hasDigest<T extends EffectiveContract | BaselineTerms = EffectiveContract>(
  contract: unknown,
  digest: string,
): contract is T {
  return digestOf(contract) === digest;
}

/** The digest of what stands where a contract is expected; undefined for what is none. */
export function digestOf(contract: unknown): string | undefined {
  try {
    return canonicalDigest(contract as EffectiveContract);
  } catch {
    return undefined;
  }
}

const byName = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] =>
  list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
