import { asArray, asRecord, asText } from '../../api/record.ts';
import type { SourceFinding } from '../evaluation.ts';

/** What is to be known of a module before it is evaluated. */
export interface RegoModule {
  /** Of its package; the first is `data`. */
  readonly packagePath: readonly string[];
  /** The names of its rules. */
  readonly rules: ReadonlySet<string>;
}

/** Reads what `opa parse --format json` writes. */
export function moduleOf(parsed: unknown): RegoModule {
  const module = asRecord(parsed);
  return {
    packagePath: asArray(asRecord(module?.package)?.path).map(termValue),
    rules: new Set(asArray(module?.rules).map(ruleName)),
  };
}

function ruleName(rule: unknown): string {
  const head = asRecord(asRecord(rule)?.head);
  return asText(head?.name) ?? termValue(asArray(head?.ref)[0]);
}

const termValue = (term: unknown): string => asText(asRecord(term)?.value) ?? '';

/**
 * Annotations with schemas have OPA read files at its compilation, by `{"$ref": "file:///…"}`, which no option forbids. What
 * they are good for, finding slips of the author's, he has in his own OPA.
 */
export function schemaFindings(parsed: unknown): readonly SourceFinding[] {
  const module = asRecord(parsed);
  const annotations = [module, ...asArray(module?.rules).map(asRecord)].flatMap((part) => asArray(part?.annotations));
  return annotations.some((annotation) => asRecord(annotation)?.schemas !== undefined)
    ? [{ message: 'METADATA with `schemas` is not taken, since OPA would read files for it; leave the schemas out' }]
    : [];
}
