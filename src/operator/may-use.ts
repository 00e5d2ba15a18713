import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { isOffered, type Offered } from '../api/offer.ts';
import type { OperatorContext } from './context.ts';

/** Whether the namespace may use an object of the cluster; only one that is for some namespaces costs a request. */
export async function mayUse(
  { client }: OperatorContext,
  { spec }: { readonly spec: Offered['spec'] },
  namespace: string,
): Promise<boolean> {
  if (spec.namespaces?.matchLabels === undefined) return true;
  return isOffered(spec, await client.find<KubeObject>(KIND.Namespace, { name: namespace }));
}
