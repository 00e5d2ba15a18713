import type { ServerResponse } from 'node:http';
import type { Caller } from './auth/caller.ts';
import { createRateLimit, MAX_IN_FLIGHT } from './limits.ts';
import { createShares } from './shares.ts';

/**
 * An allowed issuer may vouch for anybody in the world, under as many names as he likes: half of the places is the cluster's
 * own.
 */
const OUTSIDE_SHARE = MAX_IN_FLIGHT / 2;

/** Takes a request from what its caller may send, and for its time from what he may have under way. Throws `rate-limited`. */
export function createCallerLimits(): (caller: Caller, response: ServerResponse) => void {
  const limit = createRateLimit();
  const takeShare = createShares();
  const takeShareOutside = createShares(OUTSIDE_SHARE);
  return ({ username, kind }, response) => {
    limit(username);
    takeShare(username, response);
    if (kind === 'oidc') takeShareOutside('everybody from outside', response);
  };
}
