import type { RecordedMaterial } from '../api/types.gen.ts';
import { type AskedMaterial, addCommand, groupName } from './asked.ts';

/** One thing that a run still owes: a material, or one of a group. */
export interface Owed {
  /** The material's name, or `group/<name>`. */
  readonly name: string;
  /** The materials that would settle it; one, but for a group. */
  readonly materials: readonly AskedMaterial[];
}

/** How a run stands with its contract. */
export interface Completeness {
  /** Materials and groups that must be there. */
  readonly required: number;
  readonly present: number;
  readonly missing: readonly Owed[];
  /** Names of materials that are missing and needn't be there, since that is waived; absent: none. */
  readonly waived?: readonly string[];
  /** Whether nothing is missing but what is waived. */
  readonly complete: boolean;
}

/** Judges what is there by the contract. Materials that the contract doesn't name count for nothing. */
export function completeness(
  contract: { readonly materials: readonly AskedMaterial[] },
  recorded: readonly Pick<RecordedMaterial, 'name' | 'type'>[],
): Completeness {
  const there = new Map(recorded.map((material) => [material.name, material]));
  const isThere = (asked: AskedMaterial): boolean => isSettledBy(asked, there.get(asked.name));
  const owed = owedBy(contract);
  const missing = owed.filter(({ materials }) => !materials.some(isThere));
  return {
    required: owed.length,
    present: owed.length - missing.length,
    missing,
    complete: missing.length === 0,
  };
}

/** The same where some materials may be missing. A group has none that is owed by itself. */
export function excusing(found: Completeness, isWaived: (material: string) => boolean): Completeness {
  const [missing, waived] = [
    found.missing.filter(({ name }) => !isWaived(name)),
    found.missing.map(({ name }) => name).filter(isWaived),
  ];
  return waived.length === 0 ? found : { ...found, missing, waived, complete: missing.length === 0 };
}

/** Whether this is what the contract asks for under this name: of another type it counts for nothing. */
export const isSettledBy = ({ type }: AskedMaterial, recorded: Pick<RecordedMaterial, 'type'> | undefined): boolean =>
  recorded?.type === type;

function owedBy(contract: { readonly materials: readonly AskedMaterial[] }): readonly Owed[] {
  const single = contract.materials.filter(({ group, optional }) => group === undefined && !optional);
  const groups = Map.groupBy(
    contract.materials.filter(({ group }) => group !== undefined),
    ({ group }) => group ?? '',
  );
  return [
    ...single.map((material) => ({ name: material.name, materials: [material] })),
    ...[...groups].map(([group, materials]) => ({ name: groupName(group), materials })),
  ];
}

/** `2/3`, what kubectl shows. */
export const summaryOf = ({ present, required }: Completeness): string => `${present}/${required}`;

/** One owed thing in words, with what to type. */
export function describeOwed(owed: Owed): string {
  const types = owed.materials.map(({ name, type }) => `${name} (${type})`);
  const what = types.length === 1 ? `${owed.materials[0]?.type} is missing` : `one of ${types.join(', ')} is missing`;
  return `${what}; type: ${owed.materials.map(addCommand).join(' or ')}`;
}
