import type { ServerResponse } from 'node:http';
import { Problem } from '../api/problem.ts';

/** Bodies that have to be in memory whole, all together: two of the largest documents for each of two identities. */
const CAPACITY = 256 << 20;
/** No identity takes more than half of it, so that one can't keep the others out. */
const SHARE = CAPACITY / 2;

/** An allowed issuer may vouch for anybody in the world: they leave half to the cluster's own, and each half of that to others. */
export const createOutsideBudget = (): MemoryBudget => createMemoryBudget(CAPACITY / 2, CAPACITY / 4);

/**
 * Accounts for bytes that a request keeps in memory, until its answer is closed and nothing works on them any more. Throws
 * when there is no room.
 */
export interface MemoryBudget {
  (identity: string, response: ServerResponse, bytes: number): void;
  /** How much of it is taken, from 0 to 1. */
  readonly load: () => number;
}

/**
 * Room for the bodies that are read whole. Who finds none is turned away at once instead of waiting: a request that waits
 * holds a part already, and two of them could wait for each other.
 */
export function createMemoryBudget(capacity: number = CAPACITY, share: number = SHARE): MemoryBudget {
  const byIdentity = new Map<string, number>();
  const byResponse = new WeakMap<ServerResponse, number>();
  let total = 0;

  function add(identity: string, bytes: number): void {
    total += bytes;
    const held = (byIdentity.get(identity) ?? 0) + bytes;
    if (held > 0) byIdentity.set(identity, held);
    else byIdentity.delete(identity);
  }

  function reserve(identity: string, response: ServerResponse, bytes: number): void {
    // Whoever has gone away already will not be told of again: what he took would never be given back.
    if (response.closed) throw new Problem('body-incomplete', 'the connection ended before the body did');
    if (total + bytes > capacity) {
      throw new Problem('overloaded', 'the receiver has no memory for another document right now', { retryAfter: 2 });
    }
    if ((byIdentity.get(identity) ?? 0) + bytes > share) {
      throw new Problem('rate-limited', `'${identity}' hands in too many large documents at once`, { retryAfter: 2 });
    }
    const held = byResponse.get(response);
    if (held === undefined) {
      response.once('close', () => {
        const release = (): void => add(identity, -(byResponse.get(response) ?? 0));
        const work = atWork.get(response);
        if (work === undefined) release();
        else void work.finally(release).catch(() => {});
      });
    }
    byResponse.set(response, (held ?? 0) + bytes);
    add(identity, bytes);
  }

  return Object.assign(reserve, { load: () => total / capacity });
}

/** What reads the bytes of a request in another thread, and goes on when the client has left. */
const atWork = new WeakMap<ServerResponse, Promise<unknown>>();

/** Keeps what the request has of any budget until the work is over. Of several at once only the last would count. */
export function keepWhile<T>(response: ServerResponse, work: Promise<T>): Promise<T> {
  atWork.set(response, work);
  return work;
}
