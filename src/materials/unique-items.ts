import type { FuncKeywordDefinition, SchemaValidateFunction } from 'ajv';
import canonicalize from 'canonicalize';

const findDuplicate: SchemaValidateFunction = (isWanted: boolean, list: readonly unknown[]) => {
  if (!isWanted) return true;
  const seen = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first !== undefined) {
      const message = `must not hold an entry twice, as ${first} and ${index}`;
      findDuplicate.errors = [{ keyword: 'uniqueItems', message, params: {} }];
      return false;
    }
    seen.set(key, index);
  }
  return true;
};

/**
 * The keyword `uniqueItems` in a time that grows with the size of the list and not with its square, as ajv's own does once
 * there are objects in it.
 */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: true,
  validate: findDuplicate,
};

/** The same text for equal values. Half a surrogate pair has no canonical form; its own spelling does as well. */
function keyOf(item: unknown): string {
  try {
    return canonicalize(item) ?? '';
  } catch {
    return JSON.stringify(item);
  }
}
