import { TRUSTED_ROOT, trustRootConfigMap } from '../api/trust-objects.ts';
import type { TrustRoot, TrustRootStatus, TrustRootTuf } from '../api/types.gen.ts';
import { sha256Digest } from '../evidence/digest.ts';
import type { Finding } from './conditions.ts';

/** What is remembered of a TUF repository. */
export type TufFacts = Pick<TrustRootStatus, 'sourceDigest' | 'tufVersion' | 'lastAttemptTime' | 'lastRefreshTime'>;

/** What a source gave. `dueMs`: when it is to be asked again; absent where a change is heard of. */
export type Obtained =
  | {
      readonly state: 'document';
      readonly json: string;
      /** What it is, for people. */
      readonly what: string;
      /** What they should know besides. */
      readonly note?: string;
      readonly facts: TufFacts;
      readonly dueMs?: number;
    }
  | { readonly state: 'missing'; readonly finding: Finding; readonly facts: TufFacts; readonly dueMs?: number }
  /** It isn't time to look, and what stands in the status still holds. */
  | { readonly state: 'unchanged'; readonly dueMs: number };

/** Whether a change of a ConfigMap in Proviso's namespace may matter to a trust root. */
export function readsConfigMap({ metadata, spec: { sigstore } }: TrustRoot, name: string): boolean {
  const refs = [sigstore.configMapRef, sigstore.tuf?.root.configMapRef];
  return refs.some((ref) => ref?.name === name) || trustRootConfigMap(metadata.name) === name;
}

export const targetOf = ({ target = TRUSTED_ROOT }: TrustRootTuf): string => target;

/** What makes a TUF source the same as before, so that its versions may not fall. */
export const tufSourceDigest = (tuf: TrustRootTuf, root: string): string =>
  sha256Digest(JSON.stringify([tuf.mirror, targetOf(tuf), sha256Digest(root)]));
