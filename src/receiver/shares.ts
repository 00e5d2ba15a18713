import type { ServerResponse } from 'node:http';
import { Problem } from '../api/problem.ts';
import { MAX_IN_FLIGHT } from './limits.ts';

/** A quarter of all places: far more than a pipeline needs at once, and three quarters are left for the others. */
const SHARE = MAX_IN_FLIGHT / 4;

/** Takes a place for a request of an identity, until its answer is closed. Throws `rate-limited` when it has its share. */
export type Shares = (identity: string, response: ServerResponse) => void;

/** How many requests of one identity are worked on at once: it can't keep the others out by holding on to its own. */
export function createShares(share: number = SHARE): Shares {
  const held = new Map<string, number>();
  return (identity, response) => {
    // Whoever has gone away already will not be told of again: his place would never be given back.
    if (response.closed) throw new Problem('body-incomplete', 'the connection ended before the body did');
    const count = held.get(identity) ?? 0;
    if (count >= share) {
      throw new Problem('rate-limited', `'${identity}' has ${count} requests under way, which is the limit`, {
        hint: 'let some of them end first',
        retryAfter: 2,
      });
    }
    held.set(identity, count + 1);
    response.once('close', () => {
      const left = (held.get(identity) ?? 1) - 1;
      if (left > 0) held.set(identity, left);
      else held.delete(identity);
    });
  };
}
