const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Up to this many of a unit are told in it, as kubectl does. */
const PATIENCE = 2;

/** How long ago something was, in one unit: `45s`, `3m`, `7h`, `12d`. */
export function formatAge(time: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000));
  if (seconds < PATIENCE * MINUTE) return `${seconds}s`;
  if (seconds < PATIENCE * HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < PATIENCE * DAY) return `${Math.floor(seconds / HOUR)}h`;
  return `${Math.floor(seconds / DAY)}d`;
}
