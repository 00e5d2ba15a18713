import { Problem } from '../api/problem.ts';

/** `NAME=VALUE` of an option that may be given several times; of two with a name the later one counts. Throws `usage`. */
export function pairsOf(option: string, given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((text): readonly [string, string] => {
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
    throw new Problem('usage', `${option} '${text}' has no value`, { hint: `write ${option} NAME=VALUE` });
  });
  return Object.fromEntries(pairs);
}

/** The time of `--at`, now without it. Throws `usage`. */
export function timeOf(at: string | undefined): Date {
  const time = at === undefined ? new Date() : new Date(at);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Problem('usage', `--at '${at}' is no time such as 2026-01-31T12:00:00Z`);
}

/** `--timeout`. Throws `usage`. */
export function secondsOf(timeout: string): number {
  if (/^\d{1,6}$/.test(timeout)) return Number(timeout);
  throw new Problem('usage', `--timeout '${timeout}' is not a whole number of seconds`);
}

/** `--limit` where the command counts by itself. Throws `usage`. */
export function limitOf(limit: string): number {
  if (/^[1-9]\d{0,5}$/.test(limit)) return Number(limit);
  throw new Problem('usage', `--limit '${limit}' is not a whole number above 0`);
}

/** Collects an option that may be given several times, for commander. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
