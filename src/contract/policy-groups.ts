import { canonicalJson } from '../api/canonical.ts';
import type { Finding } from '../api/problem.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type {
  ClusterContractSpec,
  ClusterPolicyGroupSpec,
  ContractSpec,
  ContractSpecMaterial,
  PolicyGroupSpec,
} from '../api/types.gen.ts';
import { templateProblem } from './group-templates.ts';
import { expandGroup, type GroupTerms, MAX_ATTACHED } from './group-terms.ts';
import type { Attachment } from './policies.ts';

export type GroupKind = 'PolicyGroup' | 'ClusterPolicyGroup';
export type AnyGroupSpec = PolicyGroupSpec | ClusterPolicyGroupSpec;

/** The group of that name, as it stands; undefined where there is none. */
export type GroupOf = (kind: GroupKind, name: string) => AnyGroupSpec | undefined;

export type Expansion<S> =
  | { readonly ok: true; readonly spec: S }
  /** `at` is the field of the contract that can't be followed. */
  | { readonly ok: false; readonly reason: Reason; readonly at: string; readonly message: string };

/** What a contract of its own may have; a run has no place for more. */
const MAX_MATERIALS = 64;

/** The groups that a contract takes in. */
export const groupsIn = (spec: ContractSpec | ClusterContractSpec): readonly GroupAttachment[] =>
  (spec.policyGroups ?? []) as readonly GroupAttachment[];

export type GroupAttachment = NonNullable<ContractSpec['policyGroups']>[number];

/**
 * A contract with the materials and policies of the groups that it takes in, and without the groups. Its own materials count
 * where a group asks for one of the same name. What can't be filled in or found leaves no contract: without it the result
 * would ask for less.
 */
export function expandGroups<S extends ContractSpec | ClusterContractSpec>(
  spec: S,
  groupOf: GroupOf,
  byDefault: GroupKind,
): Expansion<S> {
  if (spec.policyGroups === undefined) return { ok: true, spec };
  const materials = new Map((spec.materials ?? []).map((material) => [material.name, { material, from: 'it' }]));
  const ofMaterials = distinct(spec.policies?.materials ?? []);
  const ofAttestation = distinct(spec.policies?.attestation ?? []);
  for (const [index, attachment] of groupsIn(spec).entries()) {
    if (attachment.disabled === true) continue;
    const at = `spec.policyGroups[${index}]`;
    const { name, kind = byDefault } = attachment.ref;
    const group = groupOf(kind, name);
    const whose = `the ${kind} '${name}'`;
    if (group === undefined) return refuse(`${at}.ref`, `there is no ${kind} '${name}'`, REASON.GroupNotFound);
    const [problem] = groupProblems(group);
    if (problem !== undefined) return refuse(`${at}.ref`, `${whose} can't be used: ${problem.at}: ${problem.message}`);
    const expanded = expandGroup(group, kind, attachment, whose);
    if (!expanded.ok) return refuse(`${at}${expanded.at}`, expanded.message);
    const clash = joinMaterials(materials, expanded.terms, whose);
    if (clash !== undefined) return refuse(`${at}.ref`, clash);
    add(ofMaterials, expanded.terms.ofMaterials);
    add(ofAttestation, expanded.terms.ofAttestation);
    const excess = excessOf([materials.size, ofMaterials.size, ofAttestation.size]);
    if (excess !== undefined) return refuse('spec.policyGroups', excess);
  }
  return whole(
    spec,
    [...materials.values()].map(({ material }) => material),
    ofMaterials,
    ofAttestation,
  );
}

/** Adds what a group asks for; tells where somebody else asks for another type under that name. */
function joinMaterials(
  materials: Map<string, { readonly material: ContractSpecMaterial; readonly from: string }>,
  terms: GroupTerms,
  whose: string,
): string | undefined {
  for (const material of terms.materials) {
    const known = materials.get(material.name);
    if (known !== undefined && known.material.type !== material.type) {
      const other = known.from === 'it' ? 'the contract' : known.from;
      return `${whose} asks for '${material.name}' of type ${material.type}, and ${other} for one of type ${known.material.type}; name them differently`;
    }
    // Of two groups the one that asks for more counts; the contract's own entry stays as it is.
    if (known === undefined || (known.from !== 'it' && material.optional !== true)) {
      materials.set(material.name, { material, from: whose });
    }
  }
  return undefined;
}

function whole<S extends ContractSpec | ClusterContractSpec>(
  { policyGroups: _, policies: __, ...spec }: S,
  materials: readonly ContractSpecMaterial[],
  ofMaterials: Attachments,
  ofAttestation: Attachments,
): Expansion<S> {
  const policies = {
    ...(ofMaterials.size === 0 ? {} : { materials: [...ofMaterials.values()] }),
    ...(ofAttestation.size === 0 ? {} : { attestation: [...ofAttestation.values()] }),
  };
  const expanded = {
    ...spec,
    ...(materials.length === 0 ? {} : { materials }),
    ...(Object.keys(policies).length === 0 ? {} : { policies }),
  };
  // Groups of the cluster attach policies of the cluster alone, so that a baseline has no others.
  return { ok: true, spec: expanded as unknown as S };
}

/** By what they say: the same policy over the same material with the same inputs says the same twice. */
type Attachments = Map<string, Attachment>;

const distinct = (attachments: readonly Attachment[]): Attachments => add(new Map(), attachments);

function add(attachments: Attachments, more: readonly Attachment[]): Attachments {
  for (const each of more) {
    const { from: _, ...says } = each;
    const key = canonicalJson(says);
    if (!attachments.has(key)) attachments.set(key, each);
  }
  return attachments;
}

function excessOf([materials, ofMaterials, ofAttestation]: readonly [number, number, number]): string | undefined {
  const lists = [
    ['materials', materials, MAX_MATERIALS],
    ['policies of materials', ofMaterials, MAX_ATTACHED],
    ['policies of the attestation', ofAttestation, MAX_ATTACHED],
  ] as const;
  const long = lists.find(([, count, most]) => count > most);
  if (long === undefined) return undefined;
  const [what, count, most] = long;
  return `with them there are ${count} ${what}, and at most ${most} can be asked for`;
}

/** What is wrong with a group as it stands, whatever it is given. */
export function groupProblems({ inputs = [], materials = [], attestation = [] }: AnyGroupSpec): readonly Finding[] {
  const names = inputs.map(({ name }) => name);
  const texts = [
    ...materials.flatMap(({ name = '', policies = [] }, index): readonly (readonly [string, string])[] => [
      [`spec.materials[${index}].name`, name],
      ...policies.flatMap((each, position) => valuesOf(each, `spec.materials[${index}].policies[${position}]`)),
    ]),
    ...attestation.flatMap((each, index) => valuesOf(each, `spec.attestation[${index}]`)),
  ];
  return texts.flatMap(([at, text]) => {
    const message = templateProblem(text, names);
    return message === undefined ? [] : [{ at, message }];
  });
}

const valuesOf = (
  { with: inputs = {} }: { readonly with?: Readonly<Record<string, string>> },
  at: string,
): readonly (readonly [string, string])[] =>
  Object.entries(inputs).map(([name, value]) => [`${at}.with.${name}`, value] as const);

const refuse = (at: string, message: string, reason: Reason = REASON.InvalidSpec) =>
  ({ ok: false, reason, at, message }) as const;
