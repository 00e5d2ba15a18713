import { RE2JS } from 're2js';

const MAX_PATTERNS = 256;
const MAX_LENGTH = 4096;
const patterns = new Map<string, RE2JS>();

/**
 * A regular expression in the syntax of RE2, whose matching takes time in proportion to the text. Throws for one that is
 * none. The last ones are kept: making one takes longer than matching with it.
 */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > MAX_LENGTH) throw new Error(`a pattern has over ${MAX_LENGTH} characters`);
  const compiled = patterns.get(pattern) ?? RE2JS.compile(pattern);
  patterns.delete(pattern);
  patterns.set(pattern, compiled);
  const [oldest] = patterns.keys();
  if (patterns.size > MAX_PATTERNS && oldest !== undefined) patterns.delete(oldest);
  return compiled;
}
