import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../telemetry/log.ts';
import type { PolicyFailure } from '../evaluation.ts';
import { createPlaces } from './places.ts';
import { type Answered, type ProcessEnd, type ProcessLimits, runOpa } from './process.ts';

/** What OPA answered, or why there is no answer. */
export type OpaAnswer =
  | { readonly ok: true; readonly answer: Answered }
  | { readonly ok: false; readonly failure: PolicyFailure };

export interface Opa {
  /** Runs it with a folder of its own, which `arrange` fills and which is gone afterwards. */
  ask(args: readonly string[], options?: AskOptions): Promise<OpaAnswer>;
  /** Ends what is running, and waits for that; what is asked after is refused. */
  stop(): Promise<void>;
}

export interface AskOptions {
  readonly arrange?: (folder: string) => Promise<void>;
  /** Made only when its turn has come: large ones that wait would all be there at once. */
  readonly input?: () => string;
}

export interface OpaOptions {
  readonly program: string;
  /** Private; every run has a folder in it. */
  readonly folder: string;
  readonly limits: ProcessLimits;
  /** How many run at once. */
  readonly places: number;
  readonly log: Logger;
}

/** Before one that died is started once more. */
const AGAIN_MS = 200;

/** OPA as a program that is started for each question, so many at once, and once more if it dies. */
export function createOpa({ program, folder, limits, places: count, log }: OpaOptions): Opa {
  const places = createPlaces(count);
  const stopping = new AbortController();

  async function once(args: readonly string[], { arrange, input = () => '' }: AskOptions): Promise<ProcessEnd> {
    if (stopping.signal.aborted) return { kind: 'stopped' };
    const own = await mkdtemp(join(folder, 'run-'));
    try {
      await arrange?.(own);
      return await runOpa({ program, args, folder: own, input: input(), limits, signal: stopping.signal });
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }

  /** A disk that is full is no fault of the policy's either. */
  const attempt = (args: readonly string[], options: AskOptions): Promise<ProcessEnd> =>
    once(args, options).catch((error: unknown) => ({
      kind: 'unstartable',
      why: error instanceof Error ? error.message : String(error),
    }));

  async function ask(args: readonly string[], options: AskOptions): Promise<OpaAnswer> {
    let end = await attempt(args, options);
    if (end.kind === 'died' || end.kind === 'unstartable') {
      log.warn({ end }, 'OPA died, and is started once more');
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      end = await attempt(args, options);
    }
    if (end.kind === 'answered') return { ok: true, answer: end.answer };
    return { ok: false, failure: failureOf(end, limits) };
  }

  const asked = new Set<Promise<OpaAnswer>>();
  return {
    async ask(args, options = {}) {
      const answer = places.with(() => ask(args, options));
      asked.add(answer);
      try {
        return await answer;
      } finally {
        asked.delete(answer);
      }
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(asked);
    },
  };
}

function failureOf(end: Exclude<ProcessEnd, { kind: 'answered' }>, limits: ProcessLimits): PolicyFailure {
  switch (end.kind) {
    case 'timeout':
      return { reason: 'Timeout', message: `the policy took longer than ${limits.timeoutMs / 1000} s` };
    case 'memory':
      return { reason: 'OutOfMemory', message: `the policy took more than ${mebibytes(limits.memoryBytes)} of memory` };
    case 'output':
      return { reason: 'InvalidResult', message: `the result is larger than ${mebibytes(limits.outputBytes)}` };
    case 'stopped':
      return { reason: 'EngineUnavailable', message: 'the engine was closed' };
    case 'unstartable':
      return { reason: 'EngineUnavailable', message: `OPA can't be started: ${end.why}` };
    case 'died':
      // Nobody but the kernel kills it so, and that for want of memory.
      return end.signal === 'SIGKILL'
        ? { reason: 'OutOfMemory', message: 'OPA was killed twice, as the kernel does when memory runs out' }
        : { reason: 'Error', message: `OPA died twice; ${end.how}` };
  }
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
