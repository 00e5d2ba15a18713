import type { Finding } from '../api/problem.ts';
import type { ContractAnnotation } from './effective.ts';

export type MergedAnnotations =
  | { readonly ok: true; readonly annotations: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Keys that Proviso writes by itself. */
export const RESERVED_PREFIX = 'chainloop.';
const NAME = /^[\w.-]{1,63}$/;
const MAX_VALUE = 1024;
const MAX_GIVEN = 32;
/** A run keeps 64 for each material, of which some say what was found in the content. */
const MAX_TOGETHER = 56;

/**
 * What a contract fixes and what the pipeline gave, as one. A fixed value wins only over silence: a pipeline that states
 * another one is told so instead of being overruled without a word.
 */
export function mergeAnnotations(
  asked: readonly ContractAnnotation[],
  given: Readonly<Record<string, string>>,
): MergedAnnotations {
  const findings: Finding[] = [];
  const entries = Object.entries(given);
  if (entries.length > MAX_GIVEN)
    findings.push({ message: `there are ${entries.length} annotations, at most ${MAX_GIVEN} are taken` });
  for (const [name, value] of entries) {
    if (name.startsWith(RESERVED_PREFIX))
      findings.push({ at: name, message: `names that start with '${RESERVED_PREFIX}' are Proviso's own` });
    else if (!NAME.test(name))
      findings.push({ at: name, message: 'a name has letters, digits, underscores, dots and dashes, at most 63' });
    if (value.length > MAX_VALUE) findings.push({ at: name, message: `the value has over ${MAX_VALUE} characters` });
  }
  for (const { name, value } of asked) {
    // Not `given[name]` alone: every object inherits a `constructor`.
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value) {
      if (own !== undefined && own !== value)
        findings.push({ at: name, message: `the contract fixes it to '${value}', not '${own}'` });
    } else if (!own) {
      findings.push({ at: name, message: `the contract asks for a value: --annotation ${name}=VALUE` });
    }
  }
  const fixed = asked.flatMap(({ name, value }) => (value ? [[name, value] as const] : []));
  const annotations = { ...given, ...Object.fromEntries(fixed) };
  const together = Object.keys(annotations).length;
  if (together > MAX_TOGETHER) {
    findings.push({ message: `with those of the contract there are ${together}, at most ${MAX_TOGETHER} are kept` });
  }
  return findings.length > 0 ? { ok: false, findings } : { ok: true, annotations };
}
