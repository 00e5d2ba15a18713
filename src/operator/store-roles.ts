import { movedTo, servingStore } from '../api/moved.ts';
import { holderOf, type Role } from '../api/offer.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { conflictOver, type Finding } from './conditions.ts';
import type { OperatorStores } from './context.ts';

/** Where the objects of a store are by now; undefined if one on the way is gone. */
export const servedBy = (
  { evidenceStores }: Pick<OperatorStores, 'evidenceStores'>,
  store: EvidenceStore,
): EvidenceStore | undefined => servingStore(store, (name) => evidenceStores.get({ name }));

const isMoved = (store: EvidenceStore): boolean => movedTo(store) !== undefined;

/** The store with a role. One that was moved gives way to any other that claims it, so that the claim can be handed over. */
export function roleHolder(role: Role, stores: readonly EvidenceStore[]): EvidenceStore | undefined {
  return (
    holderOf(
      role,
      stores.filter((each) => !isMoved(each)),
    ) ?? holderOf(role, stores)
  );
}

/** What keeps a store that claims a role, when another one has it already. */
export function roleConflict(stores: readonly EvidenceStore[], store: EvidenceStore): Finding | undefined {
  if (isMoved(store)) return undefined;
  const others = stores.filter((each) => !isMoved(each));
  return (
    conflictOver('EvidenceStore', 'default', others, store) ?? conflictOver('EvidenceStore', 'fallback', others, store)
  );
}
