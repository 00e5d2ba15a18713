import type { Settlement } from '../../archive/deliveries.ts';

/** How long an endpoint is waited for. */
export interface Persistence {
  /** Tries of one event; the last of them gives it up. */
  readonly tries: number;
  /** After the first, in ms; doubled after each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/** A bit more than a day: twelve tries within some 70 minutes, and one an hour after that. */
export const PERSISTENCE: Persistence = { tries: 35, firstMs: 1_000, maxMs: 3_600_000 };
/** No endpoint may ask for more. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** A try that failed. */
export interface FailedTry {
  readonly error: string;
  /** The same again would be refused again. */
  readonly isFinal: boolean;
  /** Not before this time from now. */
  readonly retryAfterMs?: number | undefined;
}

/** What comes of a try that failed, the `attempts`th before it counted. `random` is in [0, 1). */
export function afterFailure(
  { error, isFinal, retryAfterMs = 0 }: FailedTry,
  attempts: number,
  { tries, firstMs, maxMs }: Persistence,
  now: Date,
  random: number,
): Settlement {
  if (isFinal || attempts + 1 >= tries) return { state: 'dead', error };
  // Not all at once again: half of a wait is left to chance.
  const backOff = Math.min(maxMs, firstMs * 2 ** attempts) * (0.5 + random / 2);
  const wait = Math.max(backOff, Math.min(MAX_RETRY_AFTER_MS, retryAfterMs));
  return { state: 'pending', error, due: new Date(now.getTime() + wait) };
}
