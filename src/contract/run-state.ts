import type { RecordedAttestation, RecordedMaterial } from '../api/types.gen.ts';
import type { Completeness } from './completeness.ts';
import type { EffectiveContract } from './effective.ts';

/** A run in a list: which, whose, and how it stands. */
export interface RunSummary {
  readonly namespace: string;
  readonly run: string;
  readonly uid: string;
  readonly workflow: string;
  readonly contract: { readonly name: string; readonly revision: number; readonly revisionName: string };
  /** The condition Succeeded: its status, reason and message. */
  readonly succeeded: 'Unknown' | 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly startTime?: string;
  readonly finishTime?: string;
  /** RFC 3339. */
  readonly deadline: string;
  /** What stands in the run's status, such as `2/3`. */
  readonly progress?: string;
}

/** A run in full, as the receiver answers it. */
export interface RunState extends RunSummary {
  readonly materials: readonly RecordedMaterial[];
  readonly completeness: Completeness;
  readonly attestation?: RecordedAttestation;
}

/** The answer to init. A dry run has no `run` and no `state`. */
export interface OpenedRun {
  readonly namespace: string;
  readonly run?: string;
  readonly uid?: string;
  readonly workflow: string;
  readonly contract: EffectiveContract;
  readonly revision: number;
  readonly revisionName: string;
  /** RFC 3339. */
  readonly deadline: string;
  readonly state?: RunState;
  readonly dryRun?: boolean;
}

/** The answer to a material. */
export interface AddedMaterial {
  readonly material: RecordedMaterial;
  readonly completeness: Completeness;
}

/** The answer to an attestation. */
export interface PushedAttestation {
  readonly verdict: {
    readonly succeeded: 'True' | 'False' | 'Unknown';
    readonly reason: string;
    readonly message: string;
  };
  readonly digest: string;
  readonly run: string;
}
