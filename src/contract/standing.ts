import type { RecordedMaterial } from '../api/types.gen.ts';
import type { AskedMaterial } from './asked.ts';
import { completeness, isSettledBy } from './completeness.ts';

/**
 * How one material stands. `missing`: the run can't be accepted without it, or without another of its group; `wrong`: it is
 * there as another type than the contract asks for, so it doesn't count; `extra`: the contract doesn't name it; `absent`: it
 * is not there, and needn't be.
 */
export type MaterialState = 'there' | 'missing' | 'wrong' | 'extra' | 'absent';

export interface MaterialStanding<Asked extends AskedMaterial = AskedMaterial> {
  readonly name: string;
  readonly state: MaterialState;
  /** Absent for an `extra` one. */
  readonly asked?: Asked;
  /** Absent for one that isn't there. */
  readonly recorded?: RecordedMaterial;
}

/**
 * How each material of a run stands, by `completeness`, which the receiver judges by as well: those that the contract names,
 * in its order, then the others by name.
 */
export function standing<Asked extends AskedMaterial>(
  contract: { readonly materials: readonly Asked[] },
  recorded: readonly RecordedMaterial[],
): readonly MaterialStanding<Asked>[] {
  const { missing } = completeness(contract, recorded);
  const owed = new Set(missing.flatMap(({ materials }) => materials.map(({ name }) => name)));
  const found = new Map(recorded.map((material) => [material.name, material]));
  const named = new Set(contract.materials.map(({ name }) => name));
  const extras = recorded.filter(({ name }) => !named.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...contract.materials.map((asked): MaterialStanding<Asked> => {
      const { name } = asked;
      const material = found.get(name);
      if (material === undefined) return { name, asked, state: owed.has(name) ? 'missing' : 'absent' };
      return { name, asked, recorded: material, state: isSettledBy(asked, material) ? 'there' : 'wrong' };
    }),
    ...extras.map((material) => ({ name: material.name, recorded: material, state: 'extra' }) as const),
  ];
}
