import type { Finding } from '../../api/problem.ts';

/** The content of a material as the JSON that policies judge. */
export type Projection =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Whether the content itself is JSON of this value. Absent, no. */
      readonly isContent?: true;
    }
  | { readonly ok: false; readonly finding: Finding };

/** A value unless there was something wrong. */
export const projected = (finding: Finding | undefined, value: unknown): Projection =>
  finding === undefined ? { ok: true, value } : { ok: false, finding };
