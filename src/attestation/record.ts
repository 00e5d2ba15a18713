import type { RecordedMaterial, RunCommit, WorkflowRun } from '../api/types.gen.ts';
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
  readonly startTime?: string;
  readonly runner: { readonly type: string; readonly url?: string; readonly authenticated: boolean };
  readonly username: string;
  readonly commit?: RunCommit;
  readonly environment: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Sorted by name. */
  readonly materials: readonly RecordedMaterial[];
  readonly storeName: string;
}

/** The record of a run and the contract that it is pinned to. */
export function recordOfRun(run: WorkflowRun, contract: EffectiveContract): RunRecord {
  const { spec, status, metadata } = run;
  const materials = [...(status?.materials ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    namespace: metadata.namespace ?? '',
    run: metadata.name,
    uid: metadata.uid ?? '',
    workflow: spec.workflowRef.name,
    workflowUid: spec.workflowRef.uid,
    ...(spec.project === undefined ? {} : { project: spec.project }),
    ...(spec.team === undefined ? {} : { team: spec.team }),
    contract,
    revision: spec.contract.revision,
    revisionName: spec.contract.revisionName,
    ...(status?.startTime === undefined ? {} : { startTime: status.startTime }),
    runner: spec.runner,
    username: spec.identity.username,
    ...(spec.commit === undefined ? {} : { commit: spec.commit }),
    environment: spec.environment ?? {},
    annotations: spec.annotations ?? {},
    materials,
    storeName: spec.evidenceStoreName,
  };
}
