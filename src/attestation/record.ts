import type {
  RecordedMaterial,
  RecordedWaiver,
  RunCommit,
  RunOwner,
  RunPolicies,
  WorkflowRun,
} from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';

/** What the cluster knows of a run: the one thing a statement may speak of. */
export interface RunRecord {
  readonly namespace: string;
  readonly run: string;
  readonly uid: string;
  readonly workflow: string;
  readonly workflowUid: string;
  readonly project?: string;
  readonly team?: string;
  readonly contract: EffectiveContract;
  readonly revision: number;
  readonly revisionName: string;
  /** Of the revision, `sha256:…`. */
  readonly contractDigest: string;
  readonly startTime?: string;
  readonly runner: { readonly type: string; readonly url?: string; readonly authenticated: boolean };
  readonly username: string;
  /** What owns the pod that opened the run; absent for runs from outside of the namespace. */
  readonly owner?: RunOwner;
  readonly commit?: RunCommit;
  readonly environment: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Sorted by name. */
  readonly materials: readonly RecordedMaterial[];
  /** What policies said so far, but for what they said of materials. */
  readonly policies?: RunPolicies;
  /** What the verdict relies on; absent: nothing is waived. */
  readonly waivers?: readonly RecordedWaiver[];
  readonly storeName: string;
}

/** The record of a run and the contract that it is pinned to. */
export function recordOfRun(run: WorkflowRun, contract: EffectiveContract): RunRecord {
  const { spec, status, metadata } = run;
  // Nobody who reads a record evaluates policies, and their sources are large.
  const { policySources: _, ...terms } = contract;
  const materials = [...(status?.materials ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    namespace: metadata.namespace ?? '',
    run: metadata.name,
    uid: metadata.uid ?? '',
    workflow: spec.workflowRef.name,
    workflowUid: spec.workflowRef.uid,
    ...(spec.project === undefined ? {} : { project: spec.project }),
    ...(spec.team === undefined ? {} : { team: spec.team }),
    contract: terms,
    revision: spec.contract.revision,
    revisionName: spec.contract.revisionName,
    contractDigest: spec.contract.digest,
    ...(status?.startTime === undefined ? {} : { startTime: status.startTime }),
    runner: spec.runner,
    username: spec.identity.username,
    ...(spec.identity.owner === undefined ? {} : { owner: spec.identity.owner }),
    ...(spec.commit === undefined ? {} : { commit: spec.commit }),
    environment: spec.environment ?? {},
    annotations: spec.annotations ?? {},
    materials,
    ...(status?.policies === undefined ? {} : { policies: status.policies }),
    ...(status?.waivers === undefined ? {} : { waivers: status.waivers }),
    storeName: spec.evidenceStoreName,
  };
}
