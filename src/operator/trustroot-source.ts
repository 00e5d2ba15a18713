import { KIND } from '../api/kinds.ts';
import type { ConfigMap } from '../api/object.ts';
import { REASON } from '../api/reasons.ts';
import { TRUSTED_ROOT, trustRootConfigMap } from '../api/trust-objects.ts';
import type { TrustRoot, TrustRootStatus, TrustRootTuf } from '../api/types.gen.ts';
import { sha256Digest } from '../evidence/digest.ts';
import type { KubeClient } from '../kube/client.ts';
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

export type TextReading =
  | { readonly ok: true; readonly text: string; readonly at: string }
  | { readonly ok: false; readonly finding: Finding };

/** What is given either in the spec itself or in a ConfigMap. */
interface Given {
  readonly inline?: string;
  readonly configMapRef?: { readonly name: string; readonly key: string };
}

/** The text that a part of the spec gives; a ConfigMap lies in Proviso's own namespace. */
export async function readGiven(
  client: KubeClient,
  namespace: string,
  { inline, configMapRef }: Given,
  field: string,
): Promise<TextReading> {
  if (inline !== undefined) return { ok: true, text: inline, at: `${field}.inline` };
  const { name = '', key = '' } = configMapRef ?? {};
  const at = `${field}.configMapRef`;
  const found = await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name });
  if (found === undefined) {
    return notFound(
      `${at}: there is no ConfigMap ${name} in the namespace ${namespace}; create it with the document under '${key}'`,
    );
  }
  const text = found.data?.[key];
  if (text !== undefined) return { ok: true, text, at: `${at} (ConfigMap ${name})` };
  const others = Object.keys(found.data ?? {}).join(', ') || 'nothing';
  return notFound(`${at}: the ConfigMap ${name} has no key '${key}', only ${others}`);
}

const notFound = (message: string): TextReading => ({
  ok: false,
  finding: { state: 'stalled', reason: REASON.SourceNotFound, message },
});

/** Whether a change of a ConfigMap in Proviso's namespace may matter to a trust root. */
export function readsConfigMap({ metadata, spec: { sigstore } }: TrustRoot, name: string): boolean {
  const refs = [sigstore.configMapRef, sigstore.tuf?.root.configMapRef];
  return refs.some((ref) => ref?.name === name) || trustRootConfigMap(metadata.name) === name;
}

export const targetOf = ({ target = TRUSTED_ROOT }: TrustRootTuf): string => target;

/** What makes a TUF source the same as before, so that its versions may not fall. */
export const tufSourceDigest = (tuf: TrustRootTuf, root: string): string =>
  sha256Digest(JSON.stringify([tuf.mirror, targetOf(tuf), sha256Digest(root)]));
