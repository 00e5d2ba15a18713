import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { Problem } from '../api/problem.ts';

/** Finds the key that a token names. Throws `issuer-unavailable`, or what jose throws when there is none. */
export type KeySet = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

export interface KeySetOptions {
  /** For messages. */
  readonly issuer: string;
  readonly load: () => Promise<JSONWebKeySet>;
  /** Told why keys couldn't be had. */
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Keys are read again after this time, so that one that was withdrawn is gone. */
export const FRESH_MS = 600_000;
/** While the issuer can't be reached, the last keys are good for this long. */
export const STALE_MS = 3_600_000;
/** A token that names an unknown key makes us look again at most this often: whoever sends tokens can invent names. */
export const COOLDOWN_MS = 30_000;
/** After a failure, as long as there are no keys to go on with. */
export const RETRY_MS = 5_000;

interface Known {
  readonly find: KeySet;
  readonly at: number;
}

/**
 * The keys of one issuer, read when they are needed. jose's remote set doesn't fit: after a failed fetch it has no cool-down,
 * so that every request makes another, and it throws good keys away while the issuer is down.
 */
export function createKeySet({ issuer, load, onFailure, now = () => performance.now() }: KeySetOptions): KeySet {
  let known: Known | undefined;
  let pending: Promise<void> | undefined;
  let nextLoad = Number.NEGATIVE_INFINITY;

  const current = (): Known | undefined => (known !== undefined && now() - known.at < STALE_MS ? known : undefined);

  async function read(): Promise<void> {
    try {
      known = { find: createLocalJWKSet(await load()), at: now() };
      nextLoad = now() + COOLDOWN_MS;
    } catch (error) {
      nextLoad = now() + (current() === undefined ? RETRY_MS : COOLDOWN_MS);
      onFailure(error);
    }
  }

  /** Joins a read that is under way; else reads, unless it is too soon. */
  async function refresh(): Promise<void> {
    if (pending === undefined && now() < nextLoad) return;
    pending ??= read().finally(() => {
      pending = undefined;
    });
    await pending;
  }

  async function usable(): Promise<Known> {
    if (known === undefined || now() - known.at >= FRESH_MS) await refresh();
    const found = current();
    if (found !== undefined) return found;
    throw new Problem('issuer-unavailable', `the keys of ${issuer} can't be had`, {
      hint: "try again; the receiver's log says what is wrong",
      retryAfter: Math.max(1, (nextLoad - now()) / 1000),
    });
  }

  return async (header, token) => {
    const before = await usable();
    try {
      return await before.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      const after = await usable();
      if (after === before) throw error;
      return after.find(header, token);
    }
  };
}
