import type { Readable } from 'node:stream';

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

/** Inclusive byte positions, as in an HTTP range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface EvidenceInfo {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A URL by which anybody reads one object, without saying who he is, until it expires. */
export interface EvidenceLink {
  readonly url: string;
  readonly expires: Date;
}

/**
 * Bytes on their way into a store. Nothing is visible before `commit`. Whoever opens a stage ends it with `discard`, which is
 * idempotent, never throws, and leaves nothing behind but what was committed.
 */
export interface Stage {
  /** Writes a chunk; resolves when the store is ready for the next. Throws `store-unavailable`. */
  write(chunk: Uint8Array): Promise<void>;
  /** What was written so far. Only final once the last chunk is written. */
  info(): EvidenceInfo;
  /** Makes the bytes durable and visible under their digest. Committing bytes that are already there is a no-op. */
  commit(): Promise<EvidenceInfo>;
  /**
   * Takes back what `commit` made visible, when it turned out that nothing refers to it. Bytes that were there before, or
   * that somebody else has committed since, stay: others rely on them. Never throws; a store that can't tell leaves them.
   */
  withdraw(): Promise<void>;
  discard(): Promise<void>;
}

/** A content-addressed store. Memory use is constant in the size of the object. */
export interface EvidenceBytes {
  /**
   * `stated`: the digest that the bytes are said to have, which can spare a store work. To check it before the commit is for the
   * caller; a store that relied on it refuses other bytes with `digest-mismatch`.
   */
  stage(stated?: Digest): Promise<Stage>;
  /** A stream that fails with `digest-mismatch` at its end when the whole object was asked for and has rotted. */
  get(digest: Digest, range?: ByteRange): Promise<Readable | undefined>;
  stat(digest: Digest): Promise<EvidenceInfo | undefined>;
  /** Makes a link to an object, whether or not it is there. Absent where the store gives none. */
  readonly link?: (digest: Digest, now: Date) => Promise<EvidenceLink>;
  /** False where the store doesn't remove what it has. What isn't there counts as removed. */
  remove(digest: Digest): Promise<boolean>;
  /** Every object that was there when the walk began and still is; in no order, some perhaps twice. Throws `store-unavailable`. */
  list(): AsyncIterable<EvidenceInfo>;
  /** Removes what killed processes left unfinished; returns how many. What is being written now stays. `now`: milliseconds. */
  sweep(now: number): Promise<number>;
}

/** What was begun longer ago than this, in milliseconds, and isn't committed belongs to a process that was killed. */
export const ABANDONED_MS = 24 * 3600_000;
