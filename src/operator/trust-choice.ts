import { CONDITION, findCondition } from '../api/conditions.ts';
import { defaultOf } from '../api/offer.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { OperatorContext } from './context.ts';
import { mayUse } from './may-use.ts';

export type TrustRootChoice =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

/**
 * The trusted root that a keyless signer is checked against: the one that it names, else the default. Undefined for the
 * namespace: of no one in particular.
 */
export async function chooseTrustRoot(
  context: OperatorContext,
  wanted: string | undefined,
  namespace: string | undefined,
): Promise<TrustRootChoice> {
  const { trustRoots } = context.stores;
  const root = wanted === undefined ? defaultOf(trustRoots.list()) : trustRoots.get({ name: wanted });
  if (root === undefined) {
    return refuse(
      wanted === undefined
        ? 'no TrustRoot is the default; create one with spec.default: true, or name one in trustRootRef'
        : `there is no TrustRoot '${wanted}'; see: kubectl get trustroots`,
    );
  }
  const { name } = root.metadata;
  if (namespace !== undefined && !(await mayUse(context, root, namespace))) {
    return refuse(`the TrustRoot '${name}' is not for the namespace '${namespace}'; its spec.namespaces says which`);
  }
  const ready = findCondition(root.status?.conditions, CONDITION.Ready);
  if (ready?.status === 'True') return { ok: true, name };
  return refuse(`the TrustRoot '${name}' is not ready: ${ready?.message ?? 'it has not been looked at yet'}`);
}

const refuse = (message: string): TrustRootChoice => ({ ok: false, reason: REASON.TrustRootNotFound, message });
