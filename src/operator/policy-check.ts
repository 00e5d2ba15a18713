import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyEngine, SourceFinding } from '../policy/evaluation.ts';

export type SourceVerdict =
  | { readonly state: 'judged'; readonly findings: readonly SourceFinding[] }
  /** It isn't known whether the source is any good; to ask again may cost much, for nothing. */
  | { readonly state: 'unknown'; readonly why: string; readonly isCostly: boolean };

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
    if (findings !== undefined) return verdictOf(findings);
    return { state: 'unknown', why: `it did not answer within ${CHECK_SECONDS} s`, isCostly: true };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unknown', why: error instanceof Error ? error.message : String(error), isCostly: false };
  } finally {
    done.abort();
  }
}

function verdictOf(findings: readonly SourceFinding[]): SourceVerdict {
  const unsure = findings.find(({ reason }) => reason !== undefined);
  if (unsure === undefined) return { state: 'judged', findings };
  const isCostly = unsure.reason === 'Timeout' || unsure.reason === 'OutOfMemory';
  return { state: 'unknown', why: unsure.message, isCostly };
}
