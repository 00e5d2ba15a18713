/**
 * Where a list-watch stands. The transitions are pure, so that each can be tested without a server; `source.ts` does
 * what a state says.
 */
export type WatchState =
  /** Everything has to be listed: at the start, or since there is no way on from the version. */
  | { readonly step: 'listing'; readonly failures: number }
  /** Finding out whether the server has come as far as this version; after a restore of etcd it hasn't. */
  | { readonly step: 'checking'; readonly version: string; readonly failures: number }
  /** Watching from this version on. */
  | { readonly step: 'watching'; readonly version: string; readonly failures: number }
  /** Waiting before the next try; `next` is what comes after. */
  | { readonly step: 'waiting'; readonly ms: number; readonly next: Active };

/** A state in which something is done. */
export type Active = Exclude<WatchState, { readonly step: 'waiting' }>;

/** What happened in the state. */
export type WatchOutcome =
  | { readonly event: 'listed'; readonly version: string }
  /** The server has reached the version that was checked. */
  | { readonly event: 'current' }
  /** The server closed the stream, which is normal if it was healthy: after at least one event or a while. */
  | { readonly event: 'closed'; readonly version: string; readonly healthy: boolean }
  /** 410, as status or as an ERROR event, or a server that was set back: there is no way on from the version. */
  | { readonly event: 'gone' }
  /** A stream that had lived for a while broke. */
  | { readonly event: 'broken'; readonly version: string }
  /** The server couldn't be reached, or was gone again at once: it was away, and may come back from whatever state of etcd. */
  | { readonly event: 'away'; readonly retryAfterSeconds?: number }
  /** Anything else; a stream says how far it had come. */
  | { readonly event: 'failed'; readonly retryAfterSeconds?: number; readonly version?: string };

const BASE_MS = 800;
const MAX_MS = 30_000;

export const INITIAL: Active = { step: 'listing', failures: 0 };

/** The state after an outcome; `random` in [0, 1) spreads the waits of many clients. */
export function nextState(state: Active, outcome: WatchOutcome, random: number): WatchState {
  const { failures } = state;
  switch (outcome.event) {
    case 'listed':
      return { step: 'watching', version: outcome.version, failures };
    case 'current':
      return state.step === 'listing' ? state : { ...state, step: 'watching' };
    case 'closed':
      return outcome.healthy
        ? { step: 'watching', version: outcome.version, failures: 0 }
        : wait({}, { step: 'watching', version: outcome.version, failures: failures + 1 });
    case 'gone':
      // A list right away, but not in a hot loop should the server say it again and again.
      return failures === 0 ? { step: 'listing', failures: 1 } : wait({}, { step: 'listing', failures: failures + 1 });
    case 'broken':
      // At once: whoever has only lost a connection finds the server where it was, and else it isn't up again by now.
      return { step: 'checking', version: outcome.version, failures: 0 };
    case 'away':
      return wait(outcome, { step: 'listing', failures: failures + 1 });
    case 'failed':
      return wait(outcome, afterFailure(state, outcome.version, failures + 1));
  }

  function wait({ retryAfterSeconds = 0 }: { readonly retryAfterSeconds?: number }, next: Active): WatchState {
    return { step: 'waiting', ms: Math.max(backoff(failures, random), retryAfterSeconds * 1000), next };
  }
}

/**
 * A server may have been set back: a watch from a version that it hasn't reached waits without a word. One that was away may
 * even have passed that version again, with other content, so it is listed anew.
 */
const afterFailure = (state: Active, version: string | undefined, failures: number): Active =>
  state.step === 'listing'
    ? { step: 'listing', failures }
    : { step: 'checking', version: version ?? state.version, failures };

/** 0.8 s to 30 s, doubled each time, with full jitter above a fifth of it. */
const backoff = (failures: number, random: number): number =>
  Math.round(Math.min(MAX_MS, BASE_MS * 2 ** failures) * (0.2 + 0.8 * random));
