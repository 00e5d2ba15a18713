import { sha256Hex } from '../api/canonical.ts';
import type { Finding } from '../api/problem.ts';
import { asArray, type UnknownRecord } from '../api/record.ts';

/**
 * What stands in a list again just as it stood there before, for the lists of these names. Entries are known by a hash, so that
 * not all of a large list lies here a second time; an entry that is only spelled otherwise is taken for another one.
 */
export function duplicateEntries(document: UnknownRecord, lists: readonly string[]): readonly Finding[] {
  return lists.flatMap((name) => {
    const seen = new Map<string, number>();
    return asArray(document[name]).flatMap((entry, index) => {
      const key = sha256Hex(JSON.stringify(entry));
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      return first === undefined ? [] : [{ at: `/${name}/${index}`, message: `stands there already, as ${first}` }];
    });
  });
}
