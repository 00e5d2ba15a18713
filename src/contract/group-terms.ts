import type { ContractSpecMaterial, PolicyGroupSpec } from '../api/types.gen.ts';
import { bindTemplates, hasTemplates } from './group-templates.ts';
import type { Attachment } from './policies.ts';
import type { AnyGroupSpec, GroupAttachment, GroupKind } from './policy-groups.ts';

type GroupMaterial = NonNullable<PolicyGroupSpec['materials']>[number];
type GroupPolicy = NonNullable<PolicyGroupSpec['attestation']>[number];

/** What a group comes to with its inputs filled in. */
export interface GroupTerms {
  readonly materials: readonly ContractSpecMaterial[];
  readonly ofMaterials: readonly Attachment[];
  readonly ofAttestation: readonly Attachment[];
}

export type GroupReading =
  | { readonly ok: true; readonly terms: GroupTerms }
  /** `at` is within the attachment of the group, and begins with a dot. */
  | { readonly ok: false; readonly at: string; readonly message: string };

/** As the schema of a contract has them, once they are filled in. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAX_NAME = 63;
const MAX_VALUE = 4096;
/** Of either place, with all groups; a run has no place for more. */
export const MAX_ATTACHED = 128;

/** Where a group can't be followed. */
class Refusal extends Error {
  readonly at: string;

  constructor(at: string, message: string) {
    super(message);
    this.at = at;
  }
}

/** A group that has no problems of its own, as a contract takes it in. `whose` names it in messages. */
export function expandGroup(
  group: AnyGroupSpec,
  kind: GroupKind,
  attachment: GroupAttachment,
  whose: string,
): GroupReading {
  try {
    const inputs = inputsOf(group, attachment, whose);
    refuseUnknownSkips(group, attachment, whose);
    refuseCrowds(group, attachment, whose);
    const within = { kind, attachment, inputs, whose };
    const entries = (group.materials ?? []).map((each, index) => entryOf(each, `spec.materials[${index}]`, within));
    const terms = {
      materials: entries.flatMap(({ material }) => material ?? []),
      ofMaterials: entries.flatMap(({ policies }) => policies),
      ofAttestation: policiesOf(group.attestation ?? [], 'spec.attestation', {}, within),
    };
    return { ok: true, terms };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, at: error.at, message: error.message };
  }
}

/** What each input of a group is: what is given, else the default, else nothing. */
function inputsOf(
  { inputs = [] }: AnyGroupSpec,
  { with: given = {} }: GroupAttachment,
  whose: string,
): ReadonlyMap<string, string> {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name).join(', ') || 'none';
    throw new Refusal(`.with.${unknown}`, `${whose} has no input '${unknown}'; it has ${names}`);
  }
  const values = new Map(Object.entries(given));
  const missing = inputs.find(({ name, required }) => required === true && !values.get(name));
  if (missing !== undefined) throw new Refusal(`.with.${missing.name}`, `${whose} needs the input '${missing.name}'`);
  return new Map(inputs.map(({ name, default: byDefault = '' }) => [name, values.get(name) || byDefault]));
}

function refuseUnknownSkips(
  { materials = [], attestation = [] }: AnyGroupSpec,
  { skip = [] }: GroupAttachment,
  whose: string,
): void {
  const names = new Set(
    [...materials.flatMap(({ policies = [] }) => policies), ...attestation].map(({ ref }) => ref.name),
  );
  const index = skip.findIndex((name) => !names.has(name));
  if (index === -1) return;
  const has = [...names].join(', ') || 'none';
  throw new Refusal(`.skip[${index}]`, `${whose} has no policy '${skip[index]}'; it has ${has}`);
}

/** Before anything is filled in: a small object could come to more than there is memory for. */
function refuseCrowds(
  { materials = [], attestation = [] }: AnyGroupSpec,
  { skip = [] }: GroupAttachment,
  whose: string,
): void {
  for (const list of [materials.flatMap(({ policies = [] }) => policies), attestation]) {
    const count = list.filter(({ ref, disabled }) => disabled !== true && !skip.includes(ref.name)).length;
    if (count <= MAX_ATTACHED) continue;
    throw new Refusal(
      '.ref',
      `${whose} attaches ${count} policies, and at most ${MAX_ATTACHED} can be; make several groups of it, or skip some`,
    );
  }
}

interface Within {
  readonly kind: GroupKind;
  readonly attachment: GroupAttachment;
  readonly inputs: ReadonlyMap<string, string>;
  readonly whose: string;
}

interface Entry {
  readonly material?: ContractSpecMaterial;
  readonly policies: readonly Attachment[];
}

function entryOf({ name: template, type, optional, policies = [] }: GroupMaterial, at: string, within: Within): Entry {
  if (template === undefined)
    return { policies: policiesOf(policies, `${at}.policies`, { selector: { type } }, within) };
  const name = bindTemplates(template, within.inputs);
  if (!NAME.test(name) || name.length > MAX_NAME) {
    const message = `${within.whose} makes '${name.slice(0, MAX_NAME)}' of ${at}.name, which is no name of a material: a DNS label of at most ${MAX_NAME} characters`;
    throw new Refusal('.with', message);
  }
  return {
    material: { name, type, ...(optional === true ? { optional } : {}) },
    policies: policiesOf(policies, `${at}.policies`, { selector: { name } }, within),
  };
}

function policiesOf(
  policies: readonly GroupPolicy[],
  at: string,
  selected: Pick<Attachment, 'selector'>,
  { kind, attachment, inputs, whose }: Within,
): readonly Attachment[] {
  return policies.flatMap(
    ({ ref, with: given = {}, gate = attachment.gate, onSkip = attachment.onSkip, disabled, requirements }, index) => {
      if (disabled === true || attachment.skip?.includes(ref.name) === true) return [];
      const values = Object.entries(given).flatMap(([name, template]): readonly (readonly [string, string])[] => {
        const value = bindTemplates(template, inputs);
        if (value.length > MAX_VALUE) {
          const message = `${whose} makes ${value.length} characters of ${at}[${index}].with.${name}, and at most ${MAX_VALUE} can be given`;
          throw new Refusal('.with', message);
        }
        // What nobody gave isn't given on, so that the policy's own default counts, or that it needs the input is told.
        return value === '' && hasTemplates(template) ? [] : [[name, value]];
      });
      return [
        {
          ref: { kind: kind === 'ClusterPolicyGroup' ? 'ClusterPolicy' : (ref.kind ?? 'Policy'), name: ref.name },
          ...(values.length === 0 ? {} : { with: Object.fromEntries(values) }),
          ...selected,
          ...(gate === undefined ? {} : { gate }),
          ...(onSkip === undefined ? {} : { onSkip }),
          ...(requirements === undefined ? {} : { requirements }),
          from: `${whose}: ${at}[${index}]`,
        },
      ];
    },
  );
}
