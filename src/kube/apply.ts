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
  await writeStatus(client, kind, current, status, { fieldManager });
  return true;
}

export interface WriteStatusOptions {
  readonly fieldManager: string;
  /** Only if the object is still the one that was read: another write in between is a conflict. */
  readonly unchanged?: boolean;
}

/** Writes a status in any case, with the uid as a precondition; returns the object as it is then. */
export function writeStatus<T extends KubeObject>(
  client: KubeClient,
  kind: ResourceKind,
  current: T,
  status: object,
  { fieldManager, unchanged = false }: WriteStatusOptions,
): Promise<T> {
  const { name, namespace, uid, resourceVersion } = current.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(unchanged && resourceVersion !== undefined ? { resourceVersion } : {}),
  };
  const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, status };
  return client.apply<T>(kind, object, { fieldManager, force: true, subresource: 'status' });
}

/** Whether all members of `wanted` stand in `current`; members that others own are left aside. */
function isCovered(wanted: object, current: object | undefined): boolean {
  if (current === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => {
    const found = (current as Readonly<Record<string, unknown>>)[name];
    return isDeepStrictEqual(value, found);
  });
}
