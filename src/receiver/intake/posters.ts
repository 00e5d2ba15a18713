import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../../api/problem.ts';
import { createRateLimit } from '../limits.ts';
import { createShares } from '../shares.ts';

/** Twice what a busy Tekton Chains posts: it has two workers, and each waits for the answer. */
const RATE = { perSecond: 20, burst: 100 };
/** What one address, and what all of them may have under way: three quarters of all places are for who says who he is. */
const SHARE = 32;
const SHARE_OF_ALL = 128;

/**
 * Takes an anonymous request from what its address may send, and for its time from what it may have under way; returns the
 * address. Throws `rate-limited`.
 */
export type Posters = (request: IncomingMessage, response: ServerResponse) => string;

export function createPosters(): Posters {
  const limit = createRateLimit(undefined, RATE);
  const takeShare = createShares(SHARE);
  const takeShareOfAll = createShares(SHARE_OF_ALL);
  return ({ socket }, response) => {
    const { remoteAddress: address } = socket;
    // Whoever has gone away already has no address any more, and isn't answered either.
    if (address === undefined) throw new Problem('body-incomplete', 'the connection ended before the body did');
    limit(address);
    takeShare(address, response);
    takeShareOfAll('everybody without a token', response);
    return address;
  };
}
