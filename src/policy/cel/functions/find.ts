import { type CelFunc, CelScalar, celMethod, listType } from '@bufbuild/cel';
import { compilePattern } from '../patterns.ts';

const { INT, STRING } = CelScalar;

/** What of a text a pattern matches, as Kubernetes has it: `find` and `findAll`. */
export const FIND_FUNCTIONS: readonly CelFunc[] = [
  celMethod('find', STRING, [STRING], STRING, function (pattern) {
    const [first = ''] = found(this, pattern, 1);
    return first;
  }),
  celMethod('findAll', STRING, [STRING], listType(STRING), function (pattern) {
    return found(this, pattern, Number.POSITIVE_INFINITY);
  }),
  celMethod('findAll', STRING, [STRING, INT], listType(STRING), function (pattern, limit) {
    return found(this, pattern, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit));
  }),
];

function found(text: string, pattern: string, limit: number): string[] {
  const matcher = compilePattern(pattern).matcher(text);
  const matches: string[] = [];
  while (matches.length < limit && matcher.find()) matches.push(matcher.group() ?? '');
  return matches;
}
