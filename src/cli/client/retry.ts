/** What is needed to decide whether a call is made again. */
export interface Attempt {
  /** How often it was tried, from 1. */
  readonly count: number;
  /** Whether a second call does no harm even if the first one had arrived. */
  readonly idempotent: boolean;
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
  /** The error code of the connection, when there was none. */
  readonly errorCode?: string;
  /** The Retry-After header, as sent. */
  readonly retryAfter?: string;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;
/** A receiver that asks for more patience than this is reported instead. */
const LONGEST_WAIT = 60_000;
/** The request can't have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The connection broke, maybe after the request had arrived. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);
/** The receiver refused before doing anything. */
const BUSY = new Set([429, 503]);

/**
 * How long to wait before the next try, in ms; `undefined` when there is none. `random` in [0, 1) spreads the callers that
 * failed at the same moment.
 */
export function retryDelay(attempt: Attempt, attempts: number, random: number): number | undefined {
  if (attempt.count >= attempts || !mayRepeat(attempt)) return undefined;
  const backoff = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt.count - 1));
  const asked = Number(attempt.retryAfter);
  if (attempt.retryAfter === undefined || !Number.isFinite(asked)) return Math.round(backoff * (0.5 + random / 2));
  const wait = Math.max(0, asked) * 1000;
  return wait > LONGEST_WAIT ? undefined : Math.round(wait + (backoff * random) / 2);
}

function mayRepeat({ status, errorCode, idempotent }: Attempt): boolean {
  if (status !== undefined) return BUSY.has(status);
  if (errorCode === undefined) return false;
  return NEVER_SENT.has(errorCode) || (idempotent && BROKEN.has(errorCode));
}
