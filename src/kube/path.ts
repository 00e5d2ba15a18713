import type { ResourceKind } from '../api/kinds.ts';
import type { ObjectRef } from '../api/object.ts';

/** The path of a collection; of the whole cluster when no namespace is given. */
export function collectionPath(kind: ResourceKind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.plural}`;
}

export const objectPath = (kind: ResourceKind, ref: ObjectRef, subresource?: string): string =>
  `${collectionPath(kind, ref.namespace)}/${encodeURIComponent(ref.name)}${subresource === undefined ? '' : `/${subresource}`}`;

export const apiVersionOf = (kind: ResourceKind): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
