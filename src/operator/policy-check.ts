import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyEngine, SourceFinding } from '../policy/evaluation.ts';

export type SourceVerdict =
  | { readonly state: 'judged'; readonly findings: readonly SourceFinding[] }
  /** It isn't known whether the source is any good. */
  | { readonly state: 'unknown'; readonly why: string; readonly isTimeout: boolean };

/** Engines limit themselves; this is for one that doesn't, which must not keep the others from being looked at. */
const CHECK_SECONDS = 10;

/** What an engine says of a source. Throws the reason of the signal when that ends it, and nothing that the engine throws. */
export async function checkSource(engine: PolicyEngine, source: string, signal: AbortSignal): Promise<SourceVerdict> {
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  try {
    const findings = await Promise.race([
      engine.check(source),
      sleep(CHECK_SECONDS * 1000, undefined, { signal: until }),
    ]);
    const [unknown] = findings?.filter(({ reason }) => reason !== undefined) ?? [];
    if (unknown !== undefined) return { state: 'unknown', why: unknown.message };
    if (findings !== undefined) return { state: 'judged', findings };
    return { state: 'unknown', why: `it did not answer within ${CHECK_SECONDS} s`, isTimeout: true };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unknown', why: error instanceof Error ? error.message : String(error), isTimeout: false };
  } finally {
    done.abort();
  }
}
