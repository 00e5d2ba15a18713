import { Problem } from '../api/problem.ts';

/** `--annotation NAME=VALUE`, as often as given. */
export function parseAnnotations(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((text): readonly [string, string] => {
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
    throw new Problem('usage', `--annotation '${text}' has no value`, { hint: 'write --annotation NAME=VALUE' });
  });
  return Object.fromEntries(pairs);
}

/** Collects an option that may be given several times, for commander. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
