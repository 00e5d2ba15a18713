export type Severity = 'none' | 'low' | 'medium' | 'high' | 'critical' | 'unknown';

const NAMES: ReadonlyMap<string, Severity> = new Map([
  ['none', 'none'],
  ['info', 'none'],
  ['informational', 'none'],
  ['negligible', 'low'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['high', 'high'],
  ['important', 'high'],
  ['critical', 'critical'],
]);

/** The severity that a tool names in its own words, else that of the CVSS score (version 3 and 4), else `unknown`. */
export function severityOf(name: unknown, score: number): Severity {
  const named = typeof name === 'string' ? NAMES.get(name.toLowerCase()) : undefined;
  if (named !== undefined) return named;
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'unknown';
}

/** Of several severities the worst; one that isn't known counts least. */
export const worstOf = (severities: readonly Severity[]): Severity =>
  ORDER.findLast((each) => severities.includes(each)) ?? 'unknown';

const ORDER: readonly Severity[] = ['unknown', 'none', 'low', 'medium', 'high', 'critical'];

/** A score that a document gives; 0 for none. */
export const scoreOf = (value: unknown): number => {
  const score = typeof value === 'string' ? Number.parseFloat(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : 0;
};
