import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../api/problem.ts';

/** Requests that are worked on at once; uploads mostly wait for the network. */
export const MAX_IN_FLIGHT = 512;

/** Turns requests away when too many are being worked on, or when the process is about to end; `load` is from 0 to 1. */
export function admission(isStopping: () => boolean) {
  let inFlight = 0;
  const admit = (request: Request, response: Response, next: NextFunction): void => {
    response.once('finish', () => {
      // A body that nobody asked for is not waited for either: its sender would hold the connection.
      if (!request.complete) request.socket.destroySoon();
    });
    if (isStopping()) throw new Problem('shutting-down', 'the receiver is shutting down', { retryAfter: 1 });
    if (inFlight >= MAX_IN_FLIGHT) {
      throw new Problem('overloaded', `the receiver works on ${inFlight} requests already`, { retryAfter: 1 });
    }
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    next();
  };
  return { admit, load: () => inFlight / MAX_IN_FLIGHT };
}

/** What an identity may send on and on, and at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const RATE: Rate = { perSecond: 100, burst: 400 };
const CAPACITY = 20_000;

/** Takes one from the bucket of an identity. Throws `rate-limited` when it is empty. */
export function createRateLimit(
  now: () => number = () => performance.now(),
  { perSecond, burst }: Rate = RATE,
): (identity: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (identity) => {
    const time = now();
    const bucket = buckets.get(identity) ?? { tokens: burst, at: time };
    const tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1000) * perSecond);
    buckets.delete(identity);
    // What is refused takes nothing: whoever asks faster than he may gets as much as he may, and not nothing.
    buckets.set(identity, { tokens: tokens < 1 ? tokens : tokens - 1, at: time });
    const oldest = buckets.keys().next().value;
    if (buckets.size > CAPACITY && oldest !== undefined) buckets.delete(oldest);
    if (tokens < 1) throw new Problem('rate-limited', `'${identity}' sends too many requests`, { retryAfter: 1 });
  };
}
