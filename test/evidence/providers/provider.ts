import type { StoreSettings } from '../../../src/evidence/open.ts';
import type { Digest, EvidenceBytes } from '../../../src/evidence/store.ts';

/** A kind of store for the tests that hold for all of them. */
export interface Provider {
  readonly name: string;
  /** Sizes at which something changes inside the store. Bytes. */
  readonly edges: readonly number[];
  /** Whether an object that has rotted is replaced by who hands it in again. */
  readonly mends: boolean;
  /** Whether it is for us to remove what isn't finished. */
  readonly sweeps: boolean;
  /** A store that has nothing. */
  open(): Promise<Opened>;
  stop(): Promise<void>;
}

export interface Opened {
  readonly store: EvidenceBytes;
  /** For another process, with the sizes of production. */
  readonly settings: StoreSettings;
  /** Another client of the same store, as a second replica has. */
  again(): EvidenceBytes;
  /** Names of everything that isn't an object. */
  leavings(): Promise<readonly string[]>;
  /** How many objects there are. */
  count(): Promise<number>;
  /** Puts other bytes in the place of an object's, behind the store's back. */
  damage(digest: Digest, bytes: Uint8Array): Promise<void>;
}
