import { Problem } from '../../api/problem.ts';

/** Places in which work goes on, and a line of bounded length for those who wait for one. */
export interface Turns {
  /**
   * Does the work once there is a place for the identity. Throws `overloaded` or `rate-limited` where there isn't even one to
   * wait in or the wait was too long, `body-incomplete` where nobody waits for the answer any more, and `shutting-down`.
   */
  take<T>(identity: string, isWanted: () => boolean, work: () => Promise<T>): Promise<T>;
  /** Sends away whoever waits, and whoever comes. What is being done goes on. */
  close(): void;
  load(): Load;
}

/** How much is taken, of each from 0 to 1. */
export interface Load {
  readonly places: number;
  readonly line: number;
}

export interface TurnsOptions {
  readonly places: number;
  /** Of those who wait, all together. */
  readonly line: number;
  /** The longest wait. */
  readonly patienceMs: number;
}

interface Waiter {
  readonly identity: string;
  readonly isWanted: () => boolean;
  readonly enter: () => void;
  readonly leave: (problem: Problem) => void;
}

const RETRY_AFTER = 2;

/**
 * No identity takes more than half of the places or of the line: with its slowest documents it can keep itself waiting, and
 * not the others. Who waits is taken in the order of arrival, but for those whose identity has its share under way.
 */
export function createTurns({ places, line, patienceMs }: TurnsOptions): Turns {
  const underWay = new Map<string, number>();
  const waiting = new Set<Waiter>();
  const share = { places: Math.ceil(places / 2), line: Math.ceil(line / 2) };
  let busy = 0;
  let isClosed = false;

  const hasPlace = (identity: string): boolean => busy < places && (underWay.get(identity) ?? 0) < share.places;

  function count(identity: string, change: 1 | -1): void {
    busy += change;
    const left = (underWay.get(identity) ?? 0) + change;
    if (left > 0) underWay.set(identity, left);
    else underWay.delete(identity);
  }

  function admitNext(): void {
    for (const waiter of waiting) {
      if (!waiter.isWanted()) waiter.leave(new Problem('body-incomplete', 'the connection ended before the answer'));
      else if (hasPlace(waiter.identity)) waiter.enter();
    }
  }

  function refusalOf(identity: string): Problem | undefined {
    if (isClosed) return new Problem('shutting-down', 'shutting down', { retryAfter: 1 });
    const retryAfter = RETRY_AFTER;
    if (waiting.size >= line) {
      return new Problem('overloaded', `${waiting.size} documents wait to be checked already`, { retryAfter });
    }
    const own = [...waiting].filter((each) => each.identity === identity).length;
    if (own < share.line) return undefined;
    return new Problem('rate-limited', `${own} documents of '${identity}' wait to be checked already`, { retryAfter });
  }

  function waitFor(identity: string, isWanted: () => boolean): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const late = (): void =>
      waiter.leave(new Problem('overloaded', 'too many documents wait to be checked', { retryAfter: RETRY_AFTER }));
    const timer = setTimeout(late, patienceMs);
    const end = (): void => {
      clearTimeout(timer);
      waiting.delete(waiter);
    };
    const waiter: Waiter = {
      identity,
      isWanted,
      enter() {
        end();
        count(identity, 1);
        turn.resolve();
      },
      leave(problem) {
        end();
        turn.reject(problem);
      },
    };
    waiting.add(waiter);
    return turn.promise;
  }

  return {
    async take(identity, isWanted, work) {
      if (!isWanted()) throw new Problem('body-incomplete', 'the connection ended before the answer');
      if (!isClosed && hasPlace(identity)) count(identity, 1);
      else {
        const refusal = refusalOf(identity);
        if (refusal !== undefined) throw refusal;
        await waitFor(identity, isWanted);
      }
      try {
        return await work();
      } finally {
        count(identity, -1);
        admitNext();
      }
    },
    load: () => ({ places: busy / places, line: waiting.size / line }),
    close() {
      isClosed = true;
      for (const { leave } of waiting) {
        leave(new Problem('shutting-down', 'shutting down', { retryAfter: 1 }));
      }
    },
  };
}
