import canonicalize from 'canonicalize';

/** Where in a list the first entry stands that was there before, and where it was; undefined if all differ. Linear. */
export function findTwice(list: readonly unknown[]): readonly [first: number, second: number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first !== undefined) return [first, index];
    seen.set(key, index);
  }
  return undefined;
}

/** The same text for equal values. Half a surrogate pair has no canonical form; its own spelling does as well. */
function keyOf(item: unknown): string {
  try {
    return canonicalize(item) ?? '';
  } catch {
    return JSON.stringify(item);
  }
}
