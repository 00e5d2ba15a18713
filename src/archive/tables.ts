import type { Kysely } from 'kysely';
import type { IntakeReason, IntakeState } from '../api/intake-messages.ts';
import type { DigestEdge, PolicyOutcome } from '../api/messages.ts';
import type { EventName } from '../api/run-events.ts';

/** One finished run. Times are RFC 3339 in UTC with milliseconds, so that they sort as text. */
export interface RunTable {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly workflow: string;
  readonly workflow_uid: string;
  readonly project: string | null;
  readonly team: string | null;
  readonly contract: string;
  readonly contract_revision: number;
  /** `True` or `False`, of the condition Succeeded. */
  readonly succeeded: string;
  readonly reason: string;
  readonly started: string;
  readonly finished: string;
  readonly duration_ms: number;
  readonly runner: string;
  readonly commit_sha: string | null;
  /** Who signed the attestation, as it is shown. */
  readonly signer: string | null;
  readonly identity: string;
  /** The WorkflowRun as the API server had it, JSON. */
  readonly document: string;
  /** Of the archive record, `sha256:…`, which is in the run's evidence store; null for runs archived before there were any. */
  readonly record_digest: string | null;
  /** When that was made. Of two records of a run the later one counts. */
  readonly record_time: string | null;
  /** The EvidenceStore of the run; null for runs archived before this was noted. */
  readonly store: string | null;
  /** How many policy results it has; null for runs archived before there were any, until they are noted. */
  readonly judgements: number | null;
}

/** What a digest is to a run. */
export type DigestRole = DigestEdge['role'];

/** One edge of the digest graph. */
export interface DigestTable {
  readonly run_uid: string;
  readonly digest: string;
  readonly role: DigestRole;
  /** The name of the material, or the predicate type of the statement; empty for the attestation. */
  readonly name: string;
  /** The type of the material; empty for others. */
  readonly type: string;
}

/** What one policy said of a run. */
export interface PolicyResultTable {
  readonly run_uid: string;
  /** Its place among those of the run: a policy may be attached twice. */
  readonly position: number;
  readonly kind: 'Policy' | 'ClusterPolicy';
  readonly policy: string;
  /** The name of the material; empty for the attestation. */
  readonly material: string;
  readonly phase: 'Init' | 'Add' | 'Push';
  readonly outcome: PolicyOutcome;
  readonly violations: number;
  /** The Waiver that excused what was objected to; null where none did. */
  readonly waiver: string | null;
}

/** An evidence store whose archive records were all looked at. */
export interface ReadStoreTable {
  /** Of the EvidenceStore. */
  readonly uid: string;
  readonly name: string;
  /** Which keys they were checked with; with others some may count that didn't. */
  readonly keys: string;
  /** When that was done. */
  readonly time: string;
  /** Runs that came into the archive by it. */
  readonly archived: number;
  /** Records of runs that the archive had already. */
  readonly present: number;
  /** Objects that say they are records and aren't. */
  readonly refused: number;
}

/** An object that a run referred to which is in the archive no more, or only with another record. */
export interface ReleasedTable {
  /** Name of the EvidenceStore. */
  readonly store: string;
  readonly digest: string;
}

/** An envelope that came by the intake. Unlike all else here it isn't derived from anything. */
export interface IntakeTable {
  readonly gitoid: string;
  /** `received` until it is judged; `aside` is judged again when a run that it may belong to changes. */
  readonly state: IntakeState;
  /** Why it is kept aside. */
  readonly reason: IntakeReason | null;
  readonly message: string | null;
  /** `post` by anybody, `caller` by who may add to the run, `chains` from the annotations of an object of Tekton. */
  readonly origin: 'post' | 'caller' | 'chains';
  /** Who takes the room for it: the address that it came from, or the caller. */
  readonly account: string;
  /** The user name of the caller. */
  readonly poster: string | null;
  /** Where it may belong and nowhere else; null: anywhere. */
  readonly namespace: string | null;
  readonly workflow: string | null;
  /** The run that it belongs to, once that is known. */
  readonly run: string | null;
  readonly run_uid: string | null;
  /** Of a matched one, the name of the material that it is now. */
  readonly material: string | null;
  /** Who signed it, as far as it was verified. */
  readonly signer: string | null;
  /** Uids of runs whose contracts don't trust who signed it, a JSON array. */
  readonly refused_by: string | null;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  /** The same of what is signed. */
  readonly payload_digest: string;
  readonly predicate_type: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes, which are UTF-8; null once they are in an evidence store. */
  readonly body: string | null;
  /** Bytes of `body`. */
  readonly kept: number;
  /** How often it could not be judged. */
  readonly tries: number;
  /** When it is to be judged, if it is `received`. */
  readonly due: string;
  readonly received: string;
  readonly expires: string;
}

/** By what an envelope that isn't matched is found when a run changes. */
export interface IntakeClaimTable {
  /** `sha256:…` of a subject, or the uid of what was built by. */
  readonly claim: string;
  readonly gitoid: string;
}

/** Something that happened to a run, to be told to whoever has subscribed to it. */
export interface EventTable {
  /** Of the CloudEvent. */
  readonly id: string;
  readonly run_uid: string;
  readonly namespace: string;
  /** What happened. */
  readonly name: EventName;
  /** Its place among the events of the run. */
  readonly position: number;
  /** When it happened. */
  readonly time: string;
  /** When it was noted here. */
  readonly written: string;
  /** 1 once there is a delivery for each of those who want it. */
  readonly addressed: 0 | 1;
  /** The CloudEvent, JSON. */
  readonly document: string;
}

/** An event on its way to a Subscription. */
export interface DeliveryTable {
  readonly subscription_uid: string;
  readonly event_id: string;
  readonly run_uid: string;
  readonly position: number;
  /** `dead`: it isn't tried again, and `error` says why. */
  readonly state: 'pending' | 'delivered' | 'dead';
  /** How often it was tried. */
  readonly attempts: number;
  /** Not before this time. */
  readonly due: string;
  /** When `state` or `attempts` changed. */
  readonly changed: string;
  /** Why the last try failed; null where none has. */
  readonly error: string | null;
}

export interface ArchiveTables {
  readonly intake: IntakeTable;
  readonly intake_claims: IntakeClaimTable;
  readonly runs: RunTable;
  readonly digests: DigestTable;
  readonly policy_results: PolicyResultTable;
  readonly read_stores: ReadStoreTable;
  readonly released: ReleasedTable;
  readonly events: EventTable;
  readonly deliveries: DeliveryTable;
}

/** The archive, whatever server keeps it. */
export type ArchiveDatabase = Kysely<ArchiveTables>;
