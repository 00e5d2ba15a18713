import { plain } from '../print/plain.ts';

/** They turn the direction of what follows, and so could make one name look like another. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of somebody else in one line that reads from the left to the right as it is written. */
export const singleLine = (text: string): string => plain(text).replaceAll(TURNING, '');

/** One and many of something: `1 run`, `2 runs`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** How each standing reads. */
export const STANDING_WORDS = {
  Met: 'met',
  Waived: 'met by a waiver',
  Open: 'open',
  Unproven: 'no verdict yet',
} as const;

/** `2026-11-28 10:00` in UTC, of a time in RFC 3339. */
export const minuteOf = (time: string): string =>
  Number.isNaN(Date.parse(time)) ? '–' : new Date(time).toISOString().slice(0, 16).replace('T', ' ');

/** What a report is about. */
export const scopeOf = ({ namespace }: { readonly namespace?: string }): string =>
  namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
