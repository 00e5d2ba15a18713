import type { ResourceEvent } from '@dot-i/k8s-operator';
import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { apiVersionOf } from '../kube/path.ts';
import type { Change } from '../kube/store.ts';

/** The library's event, with what it leaves out. */
export interface WatchedEvent extends ResourceEvent {
  /** What a modified object was before. */
  readonly before?: KubeObject;
}

/** A change in the form that the library's handlers take. */
export function eventOf(kind: ResourceKind, change: Change<KubeObject>): WatchedEvent {
  const { metadata } = change.object;
  const apiVersion = apiVersionOf(kind);
  return {
    type: ({ added: 'ADDED', modified: 'MODIFIED', deleted: 'DELETED' } as const)[change.type] as ResourceEvent['type'],
    object: change.object as unknown as ResourceEvent['object'],
    ...(change.before === undefined ? {} : { before: change.before }),
    meta: {
      id: `${kind.plural}.${apiVersion}`,
      name: metadata.name,
      resourceVersion: metadata.resourceVersion ?? '',
      apiVersion,
      kind: kind.kind,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    },
  };
}
