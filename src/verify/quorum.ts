import type { TrustedSigner } from '../api/trust.ts';
import type { Signer } from './verdict.ts';

/** Somebody who has signed, and the entries of the list of trusted signers that he is. */
export interface FoundSigner {
  readonly signer: Signer;
  readonly entries: ReadonlySet<TrustedSigner>;
}

/**
 * As many of them as can stand for an entry of the list each, none for the entry of another: of two identities that one
 * pattern takes only one counts, since whoever may make one of them may make a second. A maximum matching by augmenting paths.
 */
export function eachForAnother(found: readonly FoundSigner[]): readonly FoundSigner[] {
  const taken = new Map<TrustedSigner, FoundSigner>();
  const place = (one: FoundSigner, tried: Set<TrustedSigner>): boolean => {
    for (const entry of one.entries) {
      if (tried.has(entry)) continue;
      tried.add(entry);
      const holder = taken.get(entry);
      if (holder === undefined || place(holder, tried)) {
        taken.set(entry, one);
        return true;
      }
    }
    return false;
  };
  return found.filter((one) => place(one, new Set()));
}
