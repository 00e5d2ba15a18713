import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectRef } from '../api/object.ts';
import { lean } from './lean.ts';
import { isOlder } from './version.ts';

/** One difference that a store went through. */
export interface Change<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  /** What a modified object was before, which may have been another one of the same name. */
  readonly before?: T;
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
  /** Takes an object from a watch, unless a newer state of it is there. */
  put(object: T): Change<T> | undefined;
  /** Drops an object, unless another one or a newer state of it is there. */
  remove(object: T): Change<T> | undefined;
  /**
   * Replaces everything at once; the changes name also those objects that vanished unseen. What a list says counts whatever
   * its versions are: after a restore of etcd they start again from an earlier number, with other content.
   */
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

  function take(object: T, initial: boolean): Change<T> | undefined {
    const key = keyOf(object.metadata);
    const before = objects.get(key);
    const kept = lean(object);
    if (before !== undefined && isDeepStrictEqual(before, kept)) return undefined;
    set(key, kept);
    return before === undefined
      ? { type: 'added', object: kept, initial }
      : { type: 'modified', object: kept, before, initial };
  }

  function drop(key: string): Change<T> | undefined {
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
    put(object) {
      const before = objects.get(keyOf(object.metadata));
      return before !== undefined && isOlder(object, before) ? undefined : take(object, false);
    },
    remove(object) {
      const key = keyOf(object.metadata);
      const before = objects.get(key);
      return before !== undefined && isOlder(object, before) ? undefined : drop(key);
    },
    replace(next, initial) {
      const keep = new Set(next.map((object) => keyOf(object.metadata)));
      const gone = [...objects.keys()].filter((key) => !keep.has(key)).map(drop);
      const changed = next.map((object) => take(object, initial));
      return [...gone, ...changed].filter((change) => change !== undefined);
    },
  };
}
