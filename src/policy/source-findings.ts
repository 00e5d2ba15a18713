import { excerpt } from '../api/excerpt.ts';
import type { SourceFinding } from './evaluation.ts';

/** More of them help nobody: one mistake makes many. */
const TOLD = 5;
const MAX_TEXT = 500;

/** `line 3, column 5: …`, as far as the place is known. */
export function sayFinding({ line, column, message }: SourceFinding): string {
  const place = [line === undefined ? [] : [`line ${line}`], column === undefined ? [] : [`column ${column}`]].flat();
  const text = excerpt(message, MAX_TEXT);
  return place.length === 0 ? text : `${place.join(', ')}: ${text}`;
}

/** The first findings, each with the field that the source is of, and how many more there are. */
export function sayFindings(at: string, findings: readonly SourceFinding[]): string {
  const told = findings.slice(0, TOLD).map((finding) => `${at}: ${sayFinding(finding)}`);
  const more = findings.length - told.length;
  return [...told, ...(more === 0 ? [] : [`and ${more} more`])].join('; ');
}
