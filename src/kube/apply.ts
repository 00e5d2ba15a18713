import { isDeepStrictEqual } from 'node:util';
import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from './client.ts';
import { apiVersionOf } from './path.ts';

export const OPERATOR_MANAGER = 'proviso-operator';
export const RECEIVER_MANAGER = 'proviso-receiver';

/**
 * Writes a status by server-side apply, unless every field of it already stands so. The uid is a precondition: an object
 * that was made anew under the same name isn't hit. Returns whether it wrote.
 */
export async function applyStatus(
  client: KubeClient,
  kind: ResourceKind,
  current: KubeObject & { readonly status?: object },
  status: object,
  fieldManager: string,
): Promise<boolean> {
  if (isCovered(status, current.status)) return false;
  const { name, namespace, uid } = current.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  };
  const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, status };
  await client.apply(kind, object, { fieldManager, force: true, subresource: 'status' });
  return true;
}

/** Whether all members of `wanted` stand in `current`; members that others own are left aside. */
function isCovered(wanted: object, current: object | undefined): boolean {
  if (current === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => {
    const found = (current as Readonly<Record<string, unknown>>)[name];
    return isDeepStrictEqual(value, found);
  });
}
