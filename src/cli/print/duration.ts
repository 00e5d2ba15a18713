import { formatDuration } from '../../api/duration.ts';

/** How long something took, for people: `0.8s`, `1h30m`. */
export const formatSeconds = (seconds: number): string =>
  seconds < 10 ? `${Number(seconds.toFixed(1))}s` : formatDuration(Math.round(seconds));
