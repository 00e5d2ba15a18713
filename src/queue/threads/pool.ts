import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Problem } from '../../api/problem.ts';
import { createTurns, type Load, type TurnsOptions } from './turns.ts';

/** Threads for work that would keep the event loop from everybody else. */
export interface Pool {
  /**
   * The answer of a function that the file of the pool exports. Throws a `Problem` where there was no turn for it, or
   * what `exceeded` makes where it took more time or memory than it may; its thread is ended then and another one made.
   */
  run<T>(name: string, task: unknown, turn: Turn): Promise<T>;
  load(): Load;
  /** Ends all threads at once; what they were at is refused. */
  close(): Promise<void>;
}

/** On whose account it is done, and what goes along. */
export interface Turn {
  readonly identity: string;
  /** Whether anybody still waits for the answer; work that has begun isn't ended for that. */
  readonly isWanted?: () => boolean;
  /** Given away to the thread instead of being copied. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Fulfilled when the task itself begins, if its time is to count from then on and not from when it was sent. */
  readonly begun?: Promise<unknown>;
}

export interface PoolOptions extends TurnsOptions {
  /** A module; each of its exports takes a task and returns the answer. */
  readonly file: URL;
  /** For one task, from when it has a thread. */
  readonly deadlineMs: number;
  /** Of one thread, for what isn't bytes. */
  readonly heapMegabytes: number;
  /** What is thrown for a task that was ended because of what it took. */
  readonly exceeded: (limit: 'time' | 'memory') => Error;
  readonly onError: (error: unknown) => void;
}

/** Threads that nobody needs are ended after a while: each holds tens of megabytes. */
const IDLE_MS = 300_000;
/** For what has just been made. Left to V8, a large document made it take 100 MB more, in at most a seventh less time. */
const YOUNG_MEGABYTES = 24;
/** No thread takes that long to come up on a machine that works. */
const MAX_START_MS = 20_000;
const LATE = Symbol('late');

/** Starts no thread before the first task. */
export function createPool(options: PoolOptions): Pool {
  const { places, deadlineMs } = options;
  const turns = createTurns(options);
  const underWay = new Set<AbortController>();
  let threads: Piscina | undefined;
  let isClosed = false;
  /** At most so many threads are being ended for the time that they took. */
  let ending = 0;

  function start(): Piscina {
    const piscina = new Piscina({
      filename: fileURLToPath(options.file),
      minThreads: 0,
      maxThreads: places,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytes, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      recordTiming: false,
    });
    // A thread ended without a task. If that was at its start, the library would make another, and another, as long as a
    // task waits for one.
    piscina.on('error', (error: unknown) => {
      options.onError(error);
      // One that was being ended for its time can die of its memory first, which is nothing to the others.
      if (isOutOfMemory(error) && ending > 0) {
        ending -= 1;
        return;
      }
      for (const each of underWay) each.abort(error);
    });
    return piscina;
  }

  function problemOf(error: unknown, { aborted, reason }: AbortSignal): unknown {
    if (isClosed) return new Problem('shutting-down', 'shutting down', { retryAfter: 1 });
    if (aborted && reason !== LATE) return reason;
    if (aborted) return options.exceeded('time');
    return isOutOfMemory(error) ? options.exceeded('memory') : error;
  }

  return {
    run: (name, task, { identity, transfer = [], isWanted = () => true, begun }) =>
      turns.take(identity, isWanted, async () => {
        const deadline = new AbortController();
        const end = (): void => {
          ending += 1;
          deadline.abort(LATE);
        };
        let timer = setTimeout(end, begun === undefined ? deadlineMs : deadlineMs + MAX_START_MS);
        void begun?.then(() => {
          clearTimeout(timer);
          if (underWay.has(deadline)) timer = setTimeout(end, deadlineMs);
        });
        underWay.add(deadline);
        try {
          threads ??= start();
          return await threads.run(task, { name, signal: deadline.signal, transferList: [...transfer] });
        } catch (error) {
          throw problemOf(error, deadline.signal);
        } finally {
          clearTimeout(timer);
          underWay.delete(deadline);
        }
      }),
    load: turns.load,
    async close() {
      isClosed = true;
      turns.close();
      await threads?.destroy();
    },
  };
}

const isOutOfMemory = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
