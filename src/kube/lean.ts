import type { KubeObject } from '../api/object.ts';

/** Longer texts are hardly ever the same twice. */
const MAX_SHARED = 80;
const MAX_POOL = 20_000;
/** Never the same twice. */
const UNIQUE: ReadonlySet<string> = new Set(['uid', 'resourceVersion']);
const pool = new Map<string, string>();

/**
 * An object as a store keeps it, of which there are tens of thousands: without what nobody here reads and what is a third of
 * many objects, every text once however often it stands in them, frozen. Takes the object over; one that is lean is
 * returned as it is.
 */
export function lean<T extends KubeObject>(object: T): T {
  if (Object.isFrozen(object)) return object;
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...annotations } = metadata.annotations ?? {};
  const kept = { ...object, metadata: { ...metadata, ...(metadata.annotations === undefined ? {} : { annotations }) } };
  return settle(kept) as T;
}

function settle(value: unknown): unknown {
  if (typeof value === 'string') return shared(value);
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) if (!UNIQUE.has(name)) members[name] = settle(members[name]);
  return Object.freeze(value);
}

function shared(text: string): string {
  if (text.length > MAX_SHARED) return text;
  const known = pool.get(text);
  if (known !== undefined) return known;
  if (pool.size === MAX_POOL) pool.clear();
  pool.set(text, text);
  return text;
}
