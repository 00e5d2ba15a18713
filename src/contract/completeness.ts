import type { RecordedMaterial } from '../api/types.gen.ts';
import type { ContractMaterial, EffectiveContract } from './effective.ts';

/** One thing that a run still owes: a material, or one of a group. */
export interface Owed {
  /** The material's name, or `group/<name>`. */
  readonly name: string;
  /** The materials that would settle it; one, but for a group. */
  readonly materials: readonly ContractMaterial[];
}

/** How a run stands with its contract. */
export interface Completeness {
  /** Materials and groups that must be there. */
  readonly required: number;
  readonly present: number;
  readonly missing: readonly Owed[];
  readonly complete: boolean;
}

/** Judges what is there by the contract. Materials that the contract doesn't name count for nothing. */
export function completeness(
  contract: EffectiveContract,
  recorded: readonly Pick<RecordedMaterial, 'name' | 'type'>[],
): Completeness {
  const there = new Map(recorded.map(({ name, type }) => [name, type]));
  const isThere = ({ name, type }: ContractMaterial): boolean => there.get(name) === type;
  const owed = owedBy(contract);
  const missing = owed.filter(({ materials }) => !materials.some(isThere));
  return {
    required: owed.length,
    present: owed.length - missing.length,
    missing,
    complete: missing.length === 0,
  };
}

function owedBy(contract: EffectiveContract): readonly Owed[] {
  const single = contract.materials.filter(({ group, optional }) => group === undefined && !optional);
  const groups = Map.groupBy(
    contract.materials.filter(({ group }) => group !== undefined),
    ({ group }) => group ?? '',
  );
  return [
    ...single.map((material) => ({ name: material.name, materials: [material] })),
    ...[...groups].map(([group, materials]) => ({ name: `group/${group}`, materials })),
  ];
}

/** `2/3`, what kubectl shows. */
export const summaryOf = ({ present, required }: Completeness): string => `${present}/${required}`;

/** One owed thing in words, with what to type. */
export function describeOwed({ name, materials }: Owed): string {
  const [first] = materials;
  if (materials.length === 1 && first !== undefined)
    return `${first.name} (${first.type}): proviso add ${first.name} FILE`;
  const choices = materials.map((material) => `${material.name} (${material.type})`).join(' or ');
  return `${name}, one of ${choices}: proviso add ${first?.name ?? 'NAME'} FILE`;
}
