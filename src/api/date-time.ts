/** A point in time as RFC 3339 writes it, with its zone: the pattern that the CRDs have. */
const DATE_TIME =
  /^([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/;

/**
 * Whether a text is a point in time as RFC 3339 writes it, of a day that its month has. Stricter than the dates of the
 * language, which take 30 February for a day in March, and a text without a zone for a time where they run.
 */
export function isDateTime(text: unknown): text is string {
  const [, day] = typeof text === 'string' ? (DATE_TIME.exec(text) ?? []) : [];
  return day !== undefined && isDay(day);
}

/** For the validator, which has the pattern besides: what has not even the form of a time isn't refused twice. */
export const isDayOfCalendar = (text: string): boolean => {
  const [, day] = DATE_TIME.exec(text) ?? [];
  return day === undefined || isDay(day);
};

const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
