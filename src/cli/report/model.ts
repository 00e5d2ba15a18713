/** Runs that got their verdict. */
export interface Tally {
  readonly accepted: number;
  readonly refused: number;
}

/** The runs that were opened on one day, in UTC: `2026-11-28`. */
export interface DayTally extends Tally {
  readonly day: string;
}

/**
 * How a workflow stands now: `Met` when nothing is open, `Waived` when that holds by exceptions, `Open` when something is, and
 * `Unproven` when no run has had a verdict yet, or none may be seen.
 */
export type Standing = 'Met' | 'Waived' | 'Open' | 'Unproven';

/** Something that a workflow owes, or that keeps it from doing so. */
export interface Gap {
  readonly namespace: string;
  readonly workflow: string;
  /** The run that shows it; absent where it is the workflow itself. */
  readonly run?: string;
  /** The reason of the condition, or the policy that objects. Example: `Expired`, `Policy/sbom-is-fresh`. */
  readonly what: string;
  readonly message: string;
  /** RFC 3339, as far as it is known. */
  readonly since?: string;
}

export interface WorkflowLine extends Tally {
  readonly namespace: string;
  readonly name: string;
  readonly team: string;
  readonly project: string;
  /** Of those that are finished, in the period. */
  readonly days: readonly DayTally[];
  /** Runs without a verdict. */
  readonly running: number;
  readonly standing: Standing;
  /** The run that got its verdict last, of those in the cluster. */
  readonly last?: { readonly run: string; readonly reason: string; readonly time: string };
  /** Whether there still is such a Workflow; the archive remembers those that are gone. */
  readonly exists: boolean;
}

export interface TeamLine extends Tally {
  /** Empty: of no team. */
  readonly team: string;
  readonly workflows: number;
  /** Of them, those that stand as Met or Waived. */
  readonly compliant: number;
  readonly days: readonly DayTally[];
}

export interface WaiverLine {
  readonly namespace: string;
  readonly name: string;
  readonly waives: string;
  readonly workflows: number;
  readonly owner: string;
  readonly approvedBy: string;
  readonly reason: string;
  readonly expires: string;
  readonly isActive: boolean;
  /** Why it is, or isn't. Example: `AwaitingApproval`. */
  readonly state: string;
}

/** What is told of a namespace, or of the cluster. */
export interface Report {
  /** Absent: the cluster. */
  readonly namespace?: string;
  /** RFC 3339. */
  readonly time: string;
  /** The first and the last day that it tells of, in UTC. */
  readonly from: string;
  readonly to: string;
  /** The version of Proviso that made it. */
  readonly version: string;
  readonly totals: Tally & {
    readonly running: number;
    /** Workflows that are there, and those of them that stand as Met or Waived. */
    readonly workflows: number;
    readonly compliant: number;
  };
  readonly days: readonly DayTally[];
  readonly teams: readonly TeamLine[];
  readonly workflows: readonly WorkflowLine[];
  readonly gaps: readonly Gap[];
  readonly waivers: readonly WaiverLine[];
  /** What could not be seen, and what that means for the rest; empty: everything was. */
  readonly unseen: readonly string[];
}

/** The share of finished runs that were accepted, 0 to 1; absent when none is finished. */
export function rateOf({ accepted, refused }: Tally): number | undefined {
  const finished = accepted + refused;
  return finished === 0 ? undefined : accepted / finished;
}

/** A share in whole percent, rounded down: 100 % means all of them. */
export const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${Math.floor(share * 100 + 1e-9)} %`;
