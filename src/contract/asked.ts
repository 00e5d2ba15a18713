import type { ContractAnnotation, ContractMaterial } from './effective.ts';

/** As much of a material of a contract as decides whether it is there, and what to type when it isn't. */
export interface AskedMaterial extends Pick<ContractMaterial, 'name' | 'optional' | 'group'> {
  readonly type: string;
  readonly annotations: readonly ContractAnnotation[];
}

/** What stands for the value of a material, by its type. */
const VALUE_OF: Readonly<Record<string, string>> = { STRING: 'TEXT', CONTAINER_IMAGE: 'IMAGE@sha256:…' };

/** What to type to hand in a material. */
export function addCommand({ name, type, annotations }: AskedMaterial): string {
  const flags = annotationFlags(annotations);
  return `proviso add ${name} ${VALUE_OF[type] ?? 'FILE'}${flags === '' ? '' : ` ${flags}`}`;
}

/** Each annotation that the contract leaves to the pipeline, as it is given to `proviso add`. */
export const annotationFlags = (annotations: readonly ContractAnnotation[]): string =>
  annotations
    .filter(({ value }) => !value)
    .map(({ name }) => `--annotation ${name}=VALUE`)
    .join(' ');

/** How an owed group is called among owed materials, whose names have no `/`. */
export const groupName = (group: string): string => `group/${group}`;

/** The materials that settle what is owed under this name, of a material or a group. */
export const settling = <Asked extends AskedMaterial>(
  { materials }: { readonly materials: readonly Asked[] },
  owed: string,
): readonly Asked[] =>
  materials.filter(({ name, group }) => (group === undefined ? name === owed : groupName(group) === owed));
