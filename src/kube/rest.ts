import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject, ObjectRef } from '../api/object.ts';
import type { ApplyOptions, KubeClient, ListOptions } from './client.ts';
import { isStatus } from './error.ts';
import { collectionPath, objectPath } from './path.ts';
import type { Transport } from './transport.ts';

/** Objects a page; the API server's own clients use the same. */
export const PAGE_SIZE = '500';

interface Page<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[];
}

/** The client over a transport. */
export function createKubeClient(transport: Transport): KubeClient {
  const get: KubeClient['get'] = (kind, ref) => transport.send({ method: 'GET', path: objectPath(kind, ref) });
  const patchAs =
    (contentType: string) =>
    <T extends KubeObject>(
      kind: ResourceKind,
      ref: ObjectRef,
      body: object,
      { fieldManager, subresource, dryRun }: Omit<ApplyOptions, 'force'>,
    ): Promise<T> => {
      const query = { fieldManager, dryRun: dryRunQuery(dryRun) };
      return transport.send({ method: 'PATCH', path: objectPath(kind, ref, subresource), query, contentType, body });
    };
  return {
    get,
    find: (kind, ref) => unlessMissing(get(kind, ref)),
    async list<T extends KubeObject>(kind: ResourceKind, options: ListOptions = {}) {
      const items: T[] = [];
      let next: string | undefined;
      do {
        const page: Page<T> = await transport.send({
          method: 'GET',
          path: collectionPath(kind, options.namespace),
          query: {
            limit: PAGE_SIZE,
            continue: next,
            labelSelector: options.labelSelector,
            fieldSelector: options.fieldSelector,
          },
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
        items.push(...page.items);
        next = page.metadata.continue === '' ? undefined : page.metadata.continue;
      } while (next !== undefined);
      return items;
    },
    create: (kind, object) =>
      transport.send({ method: 'POST', path: collectionPath(kind, object.metadata.namespace), body: object }),
    apply: (kind, object, { fieldManager, force = false, subresource, dryRun }) =>
      transport.send({
        method: 'PATCH',
        path: objectPath(kind, refOf(object), subresource),
        query: { fieldManager, force: String(force), dryRun: dryRunQuery(dryRun) },
        contentType: 'application/apply-patch+yaml',
        body: object,
      }),
    mergePatch: patchAs('application/merge-patch+json'),
    jsonPatch: patchAs('application/json-patch+json'),
    async remove(kind, ref, uid) {
      const body = {
        propagationPolicy: 'Background',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      await unlessMissing(transport.send({ method: 'DELETE', path: objectPath(kind, ref), body }));
    },
    post: (path, body) => transport.send({ method: 'POST', path, body }),
  };
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

const dryRunQuery = (dryRun: boolean | undefined): string | undefined => (dryRun ? 'All' : undefined);

const refOf = ({ metadata }: KubeObject): ObjectRef => metadata;
