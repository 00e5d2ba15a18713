import type { DayTally, Tally } from './model.ts';

const DAY_MS = 86_400_000;

/** The day of a time, in UTC. */
export const dayOf = (time: string | Date): string => new Date(time).toISOString().slice(0, 10);

/** Days from the first to the last, both of them too. */
export function daysBetween(from: string, to: string): readonly string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (last - first) / DAY_MS + 1 }, (_, at) => dayOf(new Date(first + at * DAY_MS)));
}

/** The day that comes so many days before another. */
export const daysBefore = (day: string, count: number): string => dayOf(new Date(Date.parse(day) - count * DAY_MS));

export const sumOf = (tallies: readonly Tally[]): Tally => ({
  accepted: tallies.reduce((sum, { accepted }) => sum + accepted, 0),
  refused: tallies.reduce((sum, { refused }) => sum + refused, 0),
});

/** Several rows of the same days, added up day by day. */
export const addDays = (days: readonly string[], rows: readonly (readonly DayTally[])[]): readonly DayTally[] =>
  days.map((day, at) => ({ day, ...sumOf(rows.flatMap((row) => row[at] ?? [])) }));
