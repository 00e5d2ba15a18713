import { canonicalJson } from '../api/canonical.ts';
import type { Finding } from '../api/problem.ts';
import type { ContractSpec, PolicySpec } from '../api/types.gen.ts';
import type { AttachedPolicies, ContractPolicy } from './effective.ts';

export type Attachment = NonNullable<NonNullable<ContractSpec['policies']>['materials']>[number] & {
  /** Where it stands, if that is in a group that the contract takes in. */
  readonly from?: string;
};

/** A policy that is good, with its source. */
export interface KnownPolicy {
  readonly spec: Pick<PolicySpec, 'engine' | 'kinds' | 'phases' | 'inputs'>;
  /** `sha256:…` of the text. */
  readonly digest: string;
  readonly text: string;
}

/** An attachment that counts, with its field, such as `spec.policies.materials[0]`. */
export interface PlacedAttachment {
  readonly at: string;
  readonly attachment: Attachment;
  readonly judges: 'materials' | 'attestation';
}

/** A revision has to fit into an object of the API server; as JSON. */
const MAX_SOURCE_BYTES = 1_000_000;
/** Of a contract and the baselines that are merged in, together. */
const MAX_POLICIES = 128;

/** The attachments of a contract, those of its groups filled in, but for those that are disabled. */
export const attachmentsOf = (policies: ContractSpec['policies']): readonly PlacedAttachment[] =>
  (['materials', 'attestation'] as const).flatMap((judges) =>
    (policies?.[judges] ?? []).flatMap((attachment: Attachment, index) => {
      const { from: at = `spec.policies.${judges}[${index}]` } = attachment;
      return attachment.disabled === true ? [] : [{ at, attachment, judges }];
    }),
  );

/** What an attachment makes of a policy, or why it can't be attached so. */
export function attachPolicy(
  { at, attachment, judges }: PlacedAttachment,
  kind: ContractPolicy['kind'],
  { spec, digest }: KnownPolicy,
  materials: ContractSpec['materials'],
): ContractPolicy | Finding {
  const { name: material, type } = attachment.selector ?? {};
  const { kinds } = spec;
  const who = `the ${kind} '${attachment.ref.name}'`;
  if ((kinds !== undefined) !== (judges === 'materials')) {
    const [is, other] = kinds === undefined ? ['the attestation', 'attestation'] : ['materials', 'materials'];
    return { at: `${at}.ref`, message: `${who} judges ${is}; attach it under spec.policies.${other}` };
  }
  const inputs = inputsOf(attachment, spec, at, who);
  if ('message' in inputs) return inputs as Finding;
  if (type !== undefined && kinds?.includes(type) !== true) {
    return {
      at: `${at}.selector.type`,
      message: `${who} judges ${kinds?.join(', ') ?? 'the attestation'}, and not ${type}`,
    };
  }
  const types = type === undefined ? kinds : [type];
  const misplaced = material === undefined ? undefined : misplacedSelector(material, types, materials, who);
  if (misplaced !== undefined) return { at: `${at}.selector.name`, message: misplaced };
  return {
    kind,
    name: attachment.ref.name,
    engine: spec.engine ?? 'CEL',
    source: digest,
    ...(types === undefined ? {} : { types }),
    phases: spec.phases ?? [types === undefined ? 'Push' : 'Add'],
    inputs: inputs.values,
    ...(material === undefined ? {} : { material }),
    gate: attachment.gate ?? false,
    onSkip: attachment.onSkip ?? 'Warn',
    ...(attachment.requirements === undefined ? {} : { requirements: attachment.requirements.toSorted() }),
  };
}

type Inputs = { readonly values: Readonly<Record<string, string>> } | Finding;

function inputsOf({ with: given = {} }: Attachment, spec: KnownPolicy['spec'], at: string, who: string): Inputs {
  const { inputs = [] } = spec;
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    return { at: `${at}.with.${unknown}`, message: `${who} has no such input; ${known}` };
  }
  const missing = inputs.find(({ name, required }) => required === true && !given[name]);
  if (missing !== undefined) return { at: `${at}.with.${missing.name}`, message: `${who} has to be given it` };
  const values = inputs.flatMap(({ name, default: otherwise }) => {
    const value = given[name] ?? otherwise;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { values: Object.fromEntries(values) };
}

function misplacedSelector(
  name: string,
  types: readonly string[] | undefined,
  materials: ContractSpec['materials'] = [],
  who: string,
): string | undefined {
  if (types === undefined) return `${who} judges the attestation as a whole; take the selector away`;
  const asked = materials.find((material) => material.name === name);
  if (asked === undefined) return `the contract has no material '${name}'`;
  return types.includes(asked.type) ? undefined : `'${name}' is ${asked.type}, and ${who} judges ${types.join(', ')}`;
}

/** The policies of both sides, the same one once. */
export function joinPolicies(weak: AttachedPolicies, strong: AttachedPolicies): AttachedPolicies {
  const all = [...(weak.policies ?? []), ...(strong.policies ?? [])];
  if (all.length === 0) return {};
  const policies = [...new Map(all.map((policy) => [canonicalJson(policy), policy])).values()];
  return { policies, policySources: { ...weak.policySources, ...strong.policySources } };
}

/** What is too much of them for one revision, if anything is. */
export function excessOfPolicies({ policies = [], policySources = {} }: AttachedPolicies): Finding | undefined {
  if (policies.length > MAX_POLICIES) {
    return {
      at: 'policies',
      message: `together there are ${policies.length}, and at most ${MAX_POLICIES} can be attached`,
    };
  }
  const bytes = Object.values(policySources).reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify(text)), 0);
  if (bytes <= MAX_SOURCE_BYTES) return undefined;
  return {
    at: 'policies',
    message: `their sources have ${bytes} bytes as JSON, and together they may have ${MAX_SOURCE_BYTES}`,
  };
}
