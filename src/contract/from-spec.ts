import { parseDuration } from '../api/duration.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { ClusterContractSpec, ContractSpec, ContractSpecMaterial } from '../api/types.gen.ts';
import type {
  AttachedPolicies,
  BaselineTerms,
  ContractAnnotation,
  ContractMaterial,
  EffectiveContract,
} from './effective.ts';
import { attachmentsOf } from './policies.ts';
import { mostSigners } from './signers.ts';

/** The signers of materials that have some, resolved, by the material's name. */
export type MaterialSigners = ReadonlyMap<string, readonly TrustedSigner[]>;

export type ContractReading<T = EffectiveContract> =
  | { readonly ok: true; readonly contract: T }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

const DEFAULT_DEADLINE = '1h';

/**
 * The contract that a spec means, with every default filled in. What this version can't enforce makes the contract
 * unusable rather than weaker: a run must never pass since a requirement was skipped.
 */
export function effectiveContract(
  name: string,
  spec: ContractSpec,
  signers: readonly TrustedSigner[],
  ofMaterials: MaterialSigners = new Map(),
  attached: AttachedPolicies = {},
): ContractReading {
  if (spec.policyGroups !== undefined) {
    // Whoever reads a contract fills them in first; without them it would ask for less.
    const message = 'spec.policyGroups takes in groups, and what they say is not known here';
    return { ok: false, reason: REASON.InvalidSpec, message };
  }
  const deadlineSeconds = parseDuration(spec.deadline ?? DEFAULT_DEADLINE);
  if (deadlineSeconds === undefined || deadlineSeconds === 0) {
    const message = `spec.deadline '${spec.deadline}' is no duration; write one such as 1h or 30m`;
    return { ok: false, reason: REASON.InvalidSpec, message };
  }
  const lost = spec.materials?.find(({ name: of, signers: listed }) => listed && !ofMaterials.get(of)?.length);
  if (lost !== undefined) {
    return {
      ok: false,
      reason: REASON.InvalidSpec,
      message: `it isn't known who has to sign the material '${lost.name}'`,
    };
  }
  const { policies = [] } = attached;
  if (policies.length !== attachmentsOf(spec.policies).length) {
    return {
      ok: false,
      reason: REASON.InvalidSpec,
      message: "it isn't known what the policies under spec.policies are",
    };
  }
  const most = mostSigners(signers);
  const { signerThreshold = 1 } = spec;
  if (signers.length > 0 && signerThreshold > most) {
    const message = `spec.signerThreshold is ${signerThreshold}, and spec.signers are only ${most} different ones, so no run could pass; lower it, or list another`;
    return { ok: false, reason: REASON.InvalidSpec, message };
  }
  return {
    ok: true,
    contract: {
      name,
      ...(spec.description === undefined ? {} : { description: spec.description }),
      materials: (spec.materials ?? []).map((each) => effectiveMaterial(each, ofMaterials.get(each.name) ?? [])),
      envAllowList: spec.envAllowList ?? [],
      ...(spec.runner === undefined ? {} : { runner: spec.runner.type }),
      ...(spec.runner?.proven === true ? { runnerProven: true } : {}),
      annotations: (spec.annotations ?? []).map(effectiveAnnotation),
      enforcement: spec.enforcement ?? 'Enforce',
      signers,
      ...(signerThreshold === 1 ? {} : { signerThreshold }),
      deadlineSeconds,
      ...(policies.length === 0 ? {} : attached),
    },
  };
}

/** What a ClusterContract asks; of its deadline there is no default, since it would shorten that of others. */
export function baselineTerms(
  name: string,
  spec: ClusterContractSpec,
  signers: readonly TrustedSigner[],
  ofMaterials?: MaterialSigners,
  attached?: AttachedPolicies,
): ContractReading<BaselineTerms> {
  const reading = effectiveContract(name, spec, signers, ofMaterials, attached);
  if (!reading.ok) return reading;
  const { deadlineSeconds, ...terms } = reading.contract;
  return { ok: true, contract: spec.deadline === undefined ? terms : { ...terms, deadlineSeconds } };
}

function effectiveMaterial(material: ContractSpecMaterial, signers: readonly TrustedSigner[]): ContractMaterial {
  return {
    name: material.name,
    type: material.type,
    ...(material.description === undefined ? {} : { description: material.description }),
    optional: material.optional ?? false,
    output: material.output ?? false,
    ...(material.group === undefined ? {} : { group: material.group }),
    skipUpload: material.skipUpload ?? false,
    ...(material.strict === false ? { strict: false } : {}),
    annotations: (material.annotations ?? []).map(effectiveAnnotation),
    ...(signers.length === 0 ? {} : { signers }),
  };
}

/** An empty value asks for one just as none does. */
const effectiveAnnotation = ({ name, value }: ContractAnnotation): ContractAnnotation =>
  value ? { name, value } : { name };
