import type { Finding } from '../api/problem.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { ContractMaterial } from './effective.ts';
import { joinAnnotations } from './merge-annotations.ts';
import { type Groups, joinGroups } from './merge-groups.ts';
import { joinSigners } from './merge-signers.ts';

type Materials = readonly ContractMaterial[];

/**
 * The materials of both sides, so that a run which has what the result asks for has what `strong` asks for, and what `weak`
 * asks for too, but where the two give one name different types: there only `strong` counts.
 */
export function joinMaterials(weak: Materials, strong: Materials): Materials {
  const strongByName = byName(strong);
  const weakByName = byName(weak.filter(({ name, type }) => (strongByName.get(name)?.type ?? type) === type));
  const owed = [weakByName, strongByName].map((side) => obligationsOf([...side.values()]));
  const required = new Set(owed.flatMap((side) => side.required));
  const [weakGroups = new Map(), strongGroups = new Map()] = owed.map(({ groups }) => unsettled(groups, required));
  const groups = joinGroups(weakGroups, strongGroups);
  for (const members of groups.values()) if (members.size === 1) for (const name of members) required.add(name);
  const groupOf = new Map([...groups].flatMap(([group, members]) => [...members].map((name) => [name, group])));
  const joined = new Map([...weakByName, ...strongByName]);
  return [...joined.values()].map((last): ContractMaterial => {
    const { name } = last;
    const facts = joinFacts(weakByName.get(name) ?? last, last);
    if (required.has(name)) return { ...facts, optional: false };
    const group = groupOf.get(name);
    return group === undefined ? { ...facts, optional: true } : { ...facts, optional: false, group };
  });
}

const byName = (materials: Materials): ReadonlyMap<string, ContractMaterial> =>
  new Map(materials.map((material) => [material.name, material]));

/** What must be there: single materials, and of each group one. A group of one is a single material. */
function obligationsOf(materials: Materials): { readonly required: readonly string[]; readonly groups: Groups } {
  const single = materials.filter(({ group, optional }) => group === undefined && !optional);
  const members = materials.filter(({ group }) => group !== undefined);
  const grouped = [...Map.groupBy(members, ({ group = '' }) => group)];
  const alone = grouped.filter(([, { length }]) => length === 1).flatMap(([, list]) => list);
  const groups = new Map(
    grouped
      .filter(([, { length }]) => length > 1)
      .map(([group, list]) => [group, new Set(list.map(({ name }) => name))] as const),
  );
  return { required: [...single, ...alone].map(({ name }) => name), groups };
}

/** Without the groups that are settled anyway, since one of their members must be there. */
const unsettled = (groups: Groups, required: ReadonlySet<string>): Groups =>
  new Map([...groups].filter(([, members]) => members.isDisjointFrom(required)));

/**
 * All but whether it is owed. Who asks for the bytes gets them. Each member has its rule here: one that came over from a side
 * by itself could be a loosening that only the weak side asks for.
 */
function joinFacts(weak: ContractMaterial, strong: ContractMaterial): Omit<ContractMaterial, 'optional' | 'group'> {
  const { description, signers, strict, ...facts } = {
    name: strong.name,
    type: strong.type,
    description: weak.description ?? strong.description,
    output: weak.output || strong.output,
    skipUpload: weak.skipUpload && strong.skipUpload,
    strict: weak.strict !== false || strong.strict !== false,
    annotations: joinAnnotations(weak.annotations, strong.annotations),
    signers: joinedSigners(weak, strong),
  } satisfies Record<Exclude<keyof ContractMaterial, 'optional' | 'group'>, unknown>;
  return {
    ...facts,
    ...(strict ? {} : { strict }),
    ...(description === undefined ? {} : { description }),
    ...(signers.length === 0 ? {} : { signers }),
  };
}

/** Who signs is who may by both. Throws where nobody would be left: that is told before, by `signerConflicts`. */
function joinedSigners(weak: ContractMaterial, strong: ContractMaterial): readonly TrustedSigner[] {
  const joining = joinSigners({ signers: weak.signers ?? [] }, { signers: strong.signers ?? [] });
  if (joining.ok) return joining.signers;
  throw new Error(`materials[${strong.name}].signers: ${joining.message}`);
}

/** The materials of both sides that nobody could sign for both. */
export function signerConflicts(weak: Materials, strong: Materials): readonly Finding[] {
  const others = byName(strong);
  return weak.flatMap(({ name, type, signers = [] }) => {
    const other = others.get(name);
    if (other === undefined || other.type !== type) return [];
    const joining = joinSigners({ signers }, { signers: other.signers ?? [] });
    return joining.ok ? [] : [{ at: `materials[${name}].signers`, message: joining.message }];
  });
}
