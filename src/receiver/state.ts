import type { ContractMessage, ContractPolicyMessage } from '../api/contract-messages.ts';
import type { CompletenessMessage, RunMessage, RunSummary } from '../api/messages.ts';
import { verdictOf } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { type Completeness, completeness, describeOwed, excusing } from '../contract/completeness.ts';
import type { ContractPolicy, EffectiveContract } from '../contract/effective.ts';
import { nameOfSigner } from '../contract/signers.ts';
import { type Exceptions, NO_EXCEPTIONS } from './exceptions.ts';

export const completenessMessage = (found: Completeness): CompletenessMessage => ({
  required: found.required,
  present: found.present,
  complete: found.complete,
  missing: found.missing.map((owed) => ({ name: owed.name, hint: describeOwed(owed) })),
  ...(found.waived === undefined ? {} : { waived: found.waived }),
});

export function contractMessage(contract: EffectiveContract, pinned: WorkflowRun['spec']['contract']): ContractMessage {
  return {
    name: contract.name,
    revision: pinned.revision,
    revisionName: pinned.revisionName,
    materials: contract.materials.map(({ signers, ...material }) =>
      signers === undefined ? material : { ...material, signers: signers.map(nameOfSigner) },
    ),
    envAllowList: contract.envAllowList,
    annotations: contract.annotations,
    ...(contract.runner === undefined ? {} : { runner: contract.runner }),
    ...(contract.runnerProven === undefined ? {} : { runnerProven: contract.runnerProven }),
    signers: contract.signers.map(nameOfSigner),
    ...(contract.signerThreshold === undefined ? {} : { signerThreshold: contract.signerThreshold }),
    enforcement: contract.enforcement,
    ...(contract.policies === undefined ? {} : { policies: contract.policies.map(policyMessage) }),
  };
}

const policyMessage = ({
  kind,
  name,
  types,
  phases,
  material,
  inputs,
  gate,
}: ContractPolicy): ContractPolicyMessage => ({
  ...{ kind, name, phases, inputs, gate },
  ...(types === undefined ? {} : { types }),
  ...(material === undefined ? {} : { material }),
});

/** How a run stands with its contract, where some materials may be missing; after the verdict that is what it relied on. */
export function completenessOf(
  { status = {} }: WorkflowRun,
  contract: EffectiveContract,
  exceptions: Exceptions,
): Completeness {
  const excused = new Set(status.waivers?.map(({ material }) => material));
  const isWaived = (material: string): boolean => excused.has(material) || exceptions.of({ material }) !== undefined;
  return excusing(completeness(contract, status.materials ?? []), isWaived);
}

/** A run as its callers see it. */
export function runMessage(
  run: WorkflowRun,
  contract: EffectiveContract,
  exceptions: Exceptions = NO_EXCEPTIONS,
): RunMessage {
  const { metadata, spec, status } = run;
  const verdict = verdictOf(run);
  const materials = status?.materials ?? [];
  const { owner } = spec.identity;
  return {
    namespace: metadata.namespace ?? '',
    run: metadata.name,
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    workflow: spec.workflowRef.name,
    ...(owner === undefined ? {} : { owner: { kind: owner.kind, name: owner.name } }),
    contract: contractMessage(contract, spec.contract),
    succeeded: verdict.status,
    reason: verdict.reason,
    message: verdict.message,
    deadline: spec.deadlineTime,
    ...(status?.startTime === undefined ? {} : { startTime: status.startTime }),
    runner: spec.runner.type,
    runnerProven: spec.runner.authenticated,
    environment: spec.environment ?? {},
    annotations: spec.annotations ?? {},
    materials,
    completeness: completenessMessage(completenessOf(run, contract, exceptions)),
    ...(status?.policies === undefined ? {} : { policies: status.policies }),
    ...(status?.current === undefined ? {} : { current: status.current }),
    ...(status?.waivers === undefined ? {} : { waivers: status.waivers }),
    ...(status?.refusals === undefined ? {} : { refusals: status.refusals }),
    ...(status?.attestation === undefined ? {} : { attestation: status.attestation }),
    ...(status?.statements === undefined ? {} : { statements: status.statements }),
  };
}

export function runSummary(run: WorkflowRun): RunSummary {
  const verdict = verdictOf(run);
  return {
    namespace: run.metadata.namespace ?? '',
    run: run.metadata.name,
    workflow: run.spec.workflowRef.name,
    succeeded: verdict.status,
    reason: verdict.reason,
    materials: run.status?.progress?.summary ?? '',
    signer: run.status?.attestation?.signer.display ?? '',
    startTime: run.status?.startTime ?? run.metadata.creationTimestamp ?? '',
  };
}
