import type { KeptEvidence } from './run-evidence.ts';

/** A line of the answer to `GET /v1/archive/records` that is no archive record. */
export type RecordsLine =
  /** A run that is in the archive, and whose record can't be had. */
  | { readonly missing: MissingRecord }
  /** The last line; `runs` are those before it, with and without a record. */
  | { readonly end: { readonly runs: number } };

export interface MissingRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly run: string;
  readonly code: string;
  readonly detail: string;
}

/** What a run has in an evidence store, and isn't there. */
export interface MissingEvidence extends KeptEvidence {
  readonly why: string;
}

/** Answer to `PUT /v1/archive/records/{digest}`. */
export interface RestoredRecordMessage {
  readonly namespace: string;
  readonly run: string;
  /** `present`: the archive has it, or a later one of the run. `unstored`: its evidence store doesn't take it now. */
  readonly outcome: 'archived' | 'present' | 'unstored';
  /** What the store said. */
  readonly why?: string;
  /** What the run has in evidence stores, and isn't there. */
  readonly missing: readonly MissingEvidence[];
}
