const FORM = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds of a duration such as `1h30m`; `undefined` if it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = FORM.exec(text);
  if (parts === null || text === '') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** A duration as people write it, `1h30m`. */
export function formatDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.flatMap((count, unit) => (count === 0 ? [] : [`${count}${'hms'[unit]}`])).join('') || '0s';
}
