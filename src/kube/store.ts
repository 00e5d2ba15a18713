import type { KubeObject, ObjectRef } from '../api/object.ts';

/** One difference that a store went through. */
export interface Change<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  /** Whether it belongs to the first list, so that live changes can go before it. */
  readonly initial: boolean;
}

/** Index values of an object, by the name of the index. */
export type Indexers<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** What is known of one kind, kept current by a source. Objects are frozen and shared. */
export interface Store<T extends KubeObject> {
  get(ref: ObjectRef): T | undefined;
  list(): readonly T[];
  /** The objects with this value in the named index; throws for an index that doesn't exist. */
  byIndex(index: string, value: string): readonly T[];
}

export interface WritableStore<T extends KubeObject> extends Store<T> {
  put(object: T): Change<T> | undefined;
  remove(object: T): Change<T> | undefined;
  /** Replaces everything at once; the changes name also those objects that vanished unseen. */
  replace(objects: readonly T[], initial: boolean): readonly Change<T>[];
}

export const keyOf = ({ namespace, name }: ObjectRef): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

export function refOfKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function createStore<T extends KubeObject>(indexers: Indexers<T> = {}): WritableStore<T> {
  const objects = new Map<string, T>();
  const indexes = new Map(Object.keys(indexers).map((name) => [name, new Map<string, Set<string>>()]));

  function eachIndexValue(object: T, act: (values: Map<string, Set<string>>, value: string) => void): void {
    for (const [name, values] of indexes) for (const value of indexers[name]?.(object) ?? []) act(values, value);
  }

  function set(key: string, object: T): void {
    unset(key);
    objects.set(key, object);
    eachIndexValue(object, (values, value) => {
      const keys = values.get(value);
      if (keys === undefined) values.set(value, new Set([key]));
      else keys.add(key);
    });
  }

  function unset(key: string): void {
    const object = objects.get(key);
    if (object === undefined) return;
    objects.delete(key);
    eachIndexValue(object, (values, value) => {
      const keys = values.get(value);
      keys?.delete(key);
      if (keys?.size === 0) values.delete(value);
    });
  }

  function put(object: T, initial = false): Change<T> | undefined {
    const key = keyOf(object.metadata);
    const before = objects.get(key);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before !== undefined) return undefined;
    const lean = freeze(strip(object));
    set(key, lean);
    return { type: before === undefined ? 'added' : 'modified', object: lean, initial };
  }

  function remove(object: T): Change<T> | undefined {
    const key = keyOf(object.metadata);
    const before = objects.get(key);
    if (before === undefined) return undefined;
    unset(key);
    return { type: 'deleted', object: before, initial: false };
  }

  return {
    get: (ref) => objects.get(keyOf(ref)),
    list: () => [...objects.values()],
    byIndex(name, value) {
      const values = indexes.get(name);
      if (values === undefined) throw new Error(`the store has no index '${name}'`);
      const found = [...(values.get(value) ?? [])].map((key) => objects.get(key));
      return found.filter((object): object is T => object !== undefined);
    },
    put: (object) => put(object),
    remove,
    replace(next, initial) {
      const keep = new Set(next.map((object) => keyOf(object.metadata)));
      const gone = [...objects].filter(([key]) => !keep.has(key)).map(([, object]) => remove(object));
      const changed = next.map((object) => put(object, initial));
      return [...gone, ...changed].filter((change) => change !== undefined);
    },
  };
}

/** Drops what nobody here reads and what is a third of many objects. */
function strip<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...annotations } = metadata.annotations ?? {};
  return { ...object, metadata: { ...metadata, ...(metadata.annotations === undefined ? {} : { annotations }) } };
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
