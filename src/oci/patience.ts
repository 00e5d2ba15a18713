import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { drain, retryAfterOf } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** How long a registry is waited for that asks for it. */
export interface Patience {
  readonly tries: number;
  /** Before the second try, in ms; doubled before each further one. */
  readonly firstMs: number;
  /** All waits of a request together, in ms. */
  readonly totalMs: number;
  /** Ends a wait. */
  readonly signal?: AbortSignal;
}

export const PATIENCE: Patience = { tries: 5, firstMs: 200, totalMs: 10_000 };

/**
 * Sends once more what was answered 429 or 503, and not before its `Retry-After`. The last such answer is handed on when the
 * patience is at its end, or when it would be before the registry wants to be asked again.
 *
 * Of all that is sent to registries: an upload that is begun twice is one that the registry forgets, a chunk says where it
 * belongs, and the rest is the same when done twice.
 */
export function patient(exchange: Exchange, { tries, firstMs, totalMs, signal }: Patience = PATIENCE): Exchange {
  return {
    ...exchange,
    async send(outgoing) {
      let left = totalMs;
      for (let count = 1; ; count++) {
        const answer = await exchange.send(outgoing);
        // Not all at once again: half of a wait is left to chance.
        const backOff = firstMs * 2 ** (count - 1) * (0.5 + Math.random() / 2);
        const wait = Math.max(backOff, (retryAfterOf(answer) ?? 0) * 1000);
        if (!isBusy(answer) || count === tries || wait > left) return answer;
        left -= wait;
        await drain(answer);
        await sleep(wait, undefined, signal === undefined ? {} : { signal });
      }
    },
  };
}

const isBusy = ({ statusCode }: IncomingMessage): boolean => statusCode === 429 || statusCode === 503;
