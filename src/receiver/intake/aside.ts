import type { IntakeReason } from '../../api/intake-messages.ts';

/** Why an envelope isn't handed in now. It is kept, and judged again when a run that it names changes. */
export class Aside extends Error {
  readonly reason: IntakeReason;
  /** Uids of runs whose contracts don't trust who signed it; what those trust never changes. */
  readonly refusedBy: readonly string[];

  constructor(reason: IntakeReason, message: string, refusedBy: readonly string[] = []) {
    super(message);
    this.name = 'Aside';
    this.reason = reason;
    this.refusedBy = refusedBy;
  }
}
