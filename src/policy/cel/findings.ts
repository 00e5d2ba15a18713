import { excerpt } from '../../api/excerpt.ts';
import type { SourceFinding } from '../evaluation.ts';

/** Tells of something wrong at an offset in the text of a policy. */
export type Report = (offset: number, message: string) => void;

/** More findings than this help nobody. */
const MAX_FINDINGS = 20;
const MAX_MESSAGE = 500;

/** The first findings about a text, in a list that grows as they are told. */
export function collectFindings(text: string): {
  readonly findings: readonly SourceFinding[];
  readonly report: Report;
} {
  const findings: SourceFinding[] = [];
  return {
    findings,
    report(offset, message) {
      if (findings.length >= MAX_FINDINGS) return;
      findings.push({ ...placeOf(text, offset), message: excerpt(message, MAX_MESSAGE) });
    },
  };
}

/** Line and column of an offset, both from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
