import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject, ObjectRef } from '../api/object.ts';

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
}

export interface ApplyOptions {
  /** The server-side apply field manager; fields that it no longer sends are removed. */
  readonly fieldManager: string;
  /** Takes over fields that another manager owns. */
  readonly force?: boolean;
  /** `status` to write the status subresource. */
  readonly subresource?: 'status';
  /** Lets the API server do everything but keep it. */
  readonly dryRun?: boolean;
}

/** What an apply sends: identity and the fields owned. A `uid` or `resourceVersion` in the metadata is a precondition. */
export type ApplyObject = Required<Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>>;

/** Done in their order, all or none. The API server takes what isn't there for `null` in a `test`. */
export type JsonPatch = readonly {
  readonly op: 'test' | 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
}[];

/**
 * Calls to the API server over one keep-alive pool. Every call throws `KubeError` on a status of 400 or more and on a
 * connection that fails.
 */
export interface KubeClient {
  get<T extends KubeObject>(kind: ResourceKind, ref: ObjectRef): Promise<T>;
  /** Like `get`, but `undefined` for 404. */
  find<T extends KubeObject>(kind: ResourceKind, ref: ObjectRef): Promise<T | undefined>;
  /** All pages, 500 objects each. */
  list<T extends KubeObject>(kind: ResourceKind, options?: ListOptions): Promise<readonly T[]>;
  create<T extends KubeObject>(kind: ResourceKind, object: T): Promise<T>;
  apply<T extends KubeObject>(kind: ResourceKind, object: ApplyObject & object, options: ApplyOptions): Promise<T>;
  /** RFC 7386 merge patch; a `resourceVersion` in the patch is a precondition. */
  mergePatch<T extends KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    patch: object,
    options: Omit<ApplyOptions, 'force'>,
  ): Promise<T>;
  /** RFC 6902; a `test` that fails is a 422, as is what the schema forbids. */
  jsonPatch<T extends KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    patch: JsonPatch,
    options: Omit<ApplyOptions, 'force'>,
  ): Promise<T>;
  /** Deletes the object, only the one with `uid` when given; 404 is no error. */
  remove(kind: ResourceKind, ref: ObjectRef, uid?: string): Promise<void>;
  /** POST to any path, for subresources and reviews (`/apis/authentication.k8s.io/v1/tokenreviews`). */
  post<T>(path: string, body: object): Promise<T>;
}
