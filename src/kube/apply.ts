import { isDeepStrictEqual } from 'node:util';
import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from './client.ts';
import { KubeError } from './error.ts';
import { apiVersionOf } from './path.ts';

export const OPERATOR_MANAGER = 'proviso-operator';
export const RECEIVER_MANAGER = 'proviso-receiver';

/**
 * Writes a status by server-side apply, unless every field of it already stands so. Returns whether it wrote.
 */
export async function applyStatus(
  client: KubeClient,
  kind: ResourceKind,
  current: KubeObject & { readonly status?: object },
  status: object,
  options: WriteStatusOptions,
): Promise<boolean> {
  if (isCovered(status, current.status)) return false;
  await writeStatus(client, kind, current, status, options);
  return true;
}

export interface WriteStatusOptions {
  readonly fieldManager: string;
  /**
   * Only if the object is still as it was read: another write in between is a conflict, and so is another object of the name. Not
   * for what several write at once without minding each other.
   */
  readonly unchanged?: boolean;
}

/**
 * Writes a status in any case; returns the object as it is then. Throws a conflict when it is another object of the same name: the API
 * server takes the uid in an applied status for nothing, so this is seen only afterwards, unless `unchanged` is asked for.
 */
export async function writeStatus<T extends KubeObject>(
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
  const written = await client.apply<T>(kind, object, { fieldManager, force: true, subresource: 'status' });
  if (uid === undefined || written.metadata.uid === uid) return written;
  throw madeAnew(kind, name);
}

/** A conflict: under the name there is another object than the one that was meant. */
export const madeAnew = ({ kind }: ResourceKind, name: string): KubeError =>
  new KubeError(409, 'Conflict', `the ${kind} ${name} was made anew, and is another one than was meant`);

/** Whether all members of `wanted` stand in `current`; members that others own are left aside. */
function isCovered(wanted: object, current: object | undefined): boolean {
  if (current === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => {
    const found = (current as Readonly<Record<string, unknown>>)[name];
    return isDeepStrictEqual(value, found);
  });
}
