import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../api/object.ts';
import { asRecord } from '../../api/record.ts';

/** Where an object of the cluster differs from one of a backup, and the RFC 7386 patch that makes it the same. */
export interface Differences {
  /** Field paths, as people write them: `spec.materials`. */
  readonly at: readonly string[];
  readonly patch: Readonly<Record<string, unknown>>;
}

/** Labels and annotations that only the cluster has are left out: others put them there. Pure. */
export function differences(wanted: KubeObject, current: KubeObject): Differences {
  const { apiVersion: _, kind: __, metadata, ...rest } = wanted;
  const found = current as unknown as Readonly<Record<string, unknown>>;
  const at: string[] = [];
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (isDeepStrictEqual(value, found[name])) continue;
    at.push(...pathsOf(name, value, found[name]));
    patch[name] = mergePatch(found[name], value);
  }
  const marks: Record<string, unknown> = {};
  for (const name of ['labels', 'annotations'] as const) {
    const changed = Object.entries(metadata[name] ?? {}).filter(
      ([key, text]) => current.metadata[name]?.[key] !== text,
    );
    if (changed.length === 0) continue;
    at.push(...changed.map(([key]) => `metadata.${name}['${key}']`));
    marks[name] = Object.fromEntries(changed);
  }
  if (Object.keys(marks).length > 0) patch.metadata = marks;
  return { at, patch };
}

/** One level below a top member says enough to find it. */
function pathsOf(name: string, wanted: unknown, found: unknown): readonly string[] {
  const [one, other] = [asRecord(wanted), asRecord(found)];
  if (one === undefined || other === undefined) return [name];
  const members = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return members.filter((key) => !isDeepStrictEqual(one[key], other[key])).map((key) => `${name}.${key}`);
}

/** What turns one value into the other; a member that goes is null. */
function mergePatch(from: unknown, to: unknown): unknown {
  const [before, after] = [asRecord(from), asRecord(to)];
  if (before === undefined || after === undefined) return to;
  const gone = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(value, before[key]));
  return Object.fromEntries([
    ...gone.map((key) => [key, null] as const),
    ...changed.map(([key, value]) => [key, mergePatch(before[key], value)] as const),
  ]);
}
