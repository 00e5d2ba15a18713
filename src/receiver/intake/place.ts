import type { ContractMaterial, EffectiveContract } from '../../contract/effective.ts';
import { Aside } from './aside.ts';
import { isProvenance } from './claims.ts';

/**
 * The one material of a contract that an envelope with this predicate can be: provenance where the contract asks for that, else an
 * attestation of any kind. Throws `Aside`.
 */
export function materialFor({ name, materials }: EffectiveContract, predicateType: string): ContractMaterial {
  const ofType = (type: string) => materials.filter((material) => material.type === type);
  const provenance = isProvenance(predicateType) ? ofType('SLSA_PROVENANCE') : [];
  const [only, ...others] = provenance.length > 0 ? provenance : ofType('ATTESTATION');
  if (only === undefined) {
    const types = isProvenance(predicateType) ? 'SLSA_PROVENANCE or ATTESTATION' : 'ATTESTATION';
    throw new Aside('NoMaterial', `the contract '${name}' has no material of the type ${types} for ${predicateType}`);
  }
  if (others.length === 0) return only;
  const names = [only, ...others].map((material) => material.name).join(', ');
  throw new Aside('SeveralMaterials', `the contract '${name}' has several materials that it could be: ${names}`);
}
