import type { ContractSpec, ContractSpecSigner } from './types.gen.ts';

/** Every list of signers in a contract of either kind, by its field path: those of the attestation, and of materials. */
export const signerLists = ({
  signers = [],
  materials = [],
}: Pick<ContractSpec, 'signers' | 'materials'>): readonly (readonly [string, readonly ContractSpecSigner[]])[] => [
  ['spec.signers', signers],
  ...materials.map((each, index) => [`spec.materials[${index}].signers`, each.signers ?? []] as const),
];
