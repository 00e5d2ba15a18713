/**
 * Where a list-watch stands. The transitions are pure, so that each can be tested without a server; `source.ts` does
 * what a state says.
 */
export type WatchState =
  /** Everything has to be listed: at the start, or since the version to go on from is gone. */
  | { readonly step: 'listing'; readonly failures: number }
  /** Watching from this version on. */
  | { readonly step: 'watching'; readonly version: string; readonly failures: number }
  /** Waiting before the next try; `next` is what comes after. */
  | { readonly step: 'waiting'; readonly ms: number; readonly next: WatchState };

/** What happened in the state. */
export type WatchOutcome =
  | { readonly event: 'listed'; readonly version: string }
  /** The server closed the stream after at least one event or a while, which is normal. */
  | { readonly event: 'closed'; readonly version: string; readonly healthy: boolean }
  /** 410, as status or as an ERROR event: the version is too old. */
  | { readonly event: 'gone' }
  | { readonly event: 'failed'; readonly retryAfterSeconds?: number };

const BASE_MS = 800;
const MAX_MS = 30_000;

export const INITIAL: WatchState = { step: 'listing', failures: 0 };

/** The state after an outcome; `random` in [0, 1) spreads the waits of many clients. */
export function nextState(state: WatchState, outcome: WatchOutcome, random: number): WatchState {
  const settled = state.step === 'waiting' ? state.next : state;
  const failures = settled.step === 'waiting' ? 0 : settled.failures;
  switch (outcome.event) {
    case 'listed':
      return { step: 'watching', version: outcome.version, failures };
    case 'closed': {
      if (outcome.healthy) return { step: 'watching', version: outcome.version, failures: 0 };
      const next: WatchState = { step: 'watching', version: outcome.version, failures: failures + 1 };
      return { step: 'waiting', ms: backoff(failures, random), next };
    }
    case 'gone':
      // A list right away, but not in a hot loop should the server say it again and again.
      return failures === 0
        ? { step: 'listing', failures: 1 }
        : { step: 'waiting', ms: backoff(failures, random), next: { step: 'listing', failures: failures + 1 } };
    case 'failed': {
      const ms = Math.max(backoff(failures, random), (outcome.retryAfterSeconds ?? 0) * 1000);
      const next: WatchState =
        settled.step === 'watching'
          ? { step: 'watching', version: settled.version, failures: failures + 1 }
          : { step: 'listing', failures: failures + 1 };
      return { step: 'waiting', ms, next };
    }
  }
}

/** 0.8 s to 30 s, doubled each time, with full jitter above a fifth of it. */
const backoff = (failures: number, random: number): number =>
  Math.round(Math.min(MAX_MS, BASE_MS * 2 ** failures) * (0.2 + 0.8 * random));
