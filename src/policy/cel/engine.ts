import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Problem } from '../../api/problem.ts';
import { createPool } from '../../queue/threads/pool.ts';
import type { Covered, CoveringEngine } from '../coverage.ts';
import type { PolicyFailure, PolicyOutcome, PolicyQuery } from '../evaluation.ts';
import { deferThread, LAST, LONG_MS } from '../nice.ts';
import { type WrittenJson, writtenJson } from '../written-json.ts';
import type { Begun, CheckTask, EvaluationTask } from './worker.ts';

export interface CelEngineOptions {
  /** Of one evaluation, from when a thread begins with it; default 5 seconds. */
  readonly timeoutMs?: number;
  /** Of one thread; default 256. */
  readonly memoryMegabytes?: number;
  /** At least 2, so that one policy can't keep the others waiting; default as many as the machine has, up to 4. */
  readonly threads?: number;
  /** How many may wait for a thread; default 1024. */
  readonly line?: number;
  /** How long one waits for a thread; default 60 seconds. */
  readonly patienceMs?: number;
  readonly onError?: (error: unknown) => void;
}

/** Where, seen from the bundle, the build put what runs in the threads; without a build there is no such name. */
declare const CEL_WORKER: string;

const FILE = new URL(typeof CEL_WORKER === 'string' ? CEL_WORKER : './worker.ts', import.meta.url);
const MAX_THREADS = 4;

/** An evaluation that took more than it may. */
class Exceeded extends Error {
  readonly limit: 'time' | 'memory';

  constructor(limit: 'time' | 'memory') {
    super(limit);
    this.limit = limit;
  }
}

/** Policies in CEL, evaluated in threads that are ended when they take more time or memory than they may. */
export function createCelEngine(options: CelEngineOptions = {}): CoveringEngine {
  const { timeoutMs = 5_000, memoryMegabytes = 256, line = 1024, patienceMs = 60_000 } = options;
  const pool = createPool({
    file: FILE,
    places: Math.max(2, options.threads ?? Math.min(MAX_THREADS, availableParallelism())),
    line,
    patienceMs,
    deadlineMs: timeoutMs,
    heapMegabytes: memoryMegabytes,
    exceeded: (limit) => new Exceeded(limit),
    onError: options.onError ?? (() => undefined),
  });
  const numberOf = createInputNumbers();

  /** Policies take turns: the text of each has at most half of the threads. At the end nobody waits for a beginning. */
  function run<T>(name: string, source: string, task: object): Promise<T> {
    const begun: Begun = new Int32Array(new SharedArrayBuffer(4));
    const waiting = Atomics.waitAsync(begun, 0, 0);
    const turn = { identity: createHash('sha256').update(source).digest('base64') };
    const isBegun = Promise.resolve(waiting.value);
    let long: NodeJS.Timeout | undefined;
    void isBegun.then(() => {
      long = setTimeout(() => deferThread(Atomics.load(begun, 0), LAST), LONG_MS);
      long.unref();
    });
    return pool.run<T>(name, { ...task, begun }, { ...turn, begun: isBegun }).finally(() => {
      Atomics.notify(begun, 0);
      // After what has just been told.
      void isBegun.then(() => clearTimeout(long));
    });
  }

  function taskOf(name: string, source: string, { input, ...query }: PolicyQuery): Omit<EvaluationTask, 'begun'> {
    const written = writtenJson(input);
    return { name, source, query, input: written.bytes, inputId: numberOf(written) };
  }

  function failureOf(error: unknown): PolicyFailure {
    if (error instanceof Exceeded) {
      return error.limit === 'time'
        ? { reason: 'Timeout', message: `the policy took over ${timeoutMs / 1000} seconds and was ended` }
        : { reason: 'OutOfMemory', message: `the policy took over ${memoryMegabytes} MB of memory and was ended` };
    }
    if (!(error instanceof Problem)) options.onError?.(error);
    return { reason: 'EngineUnavailable', message: `the policy could not be run: ${(error as Error).message}` };
  }

  return {
    async check(source) {
      try {
        return await run('checkSource', source, { source } satisfies Omit<CheckTask, 'begun'>);
      } catch (error) {
        return [failureOf(error)];
      }
    },
    async evaluate(name, source, query) {
      try {
        return await run<PolicyOutcome>('evaluateSource', source, taskOf(name, source, query));
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error) };
      }
    },
    async cover(name, source, query) {
      try {
        return await run<Covered>('coverSource', source, taskOf(name, source, query));
      } catch (error) {
        return { outcome: { kind: 'failed', failure: failureOf(error) }, points: [] };
      }
    },
    // It is a part of Proviso.
    version: () => Promise.resolve(undefined),
    close: pool.close,
  };
}

/** The thread that has just read an input needs not read it again for the next policy that is asked about it. */
function createInputNumbers(): (input: WrittenJson) => number {
  const numbers = new WeakMap<WrittenJson, number>();
  let count = 0;
  return (input) => {
    const number = numbers.get(input) ?? ++count;
    numbers.set(input, number);
    return number;
  };
}
