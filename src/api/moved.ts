import { CONDITION, findCondition } from './conditions.ts';
import type { EvidenceStore, EvidenceStoreStatus } from './types.gen.ts';

/** How far it is with moving a store. */
export type MoveStatus = NonNullable<EvidenceStoreStatus['move']>;

/** The name of the store that serves a store's name since everything was copied there; undefined before that. */
export const movedTo = ({ status }: EvidenceStore): string | undefined =>
  findCondition(status?.conditions, CONDITION.Moved)?.status === 'True' ? status?.move?.to : undefined;

/** Where the objects of a store are by now: itself, or the store at the end of its moves; undefined if one on the way is gone. */
export function servingStore(
  store: EvidenceStore,
  find: (name: string) => EvidenceStore | undefined,
): EvidenceStore | undefined {
  const seen = new Set<string>();
  let serving: EvidenceStore | undefined = store;
  for (let to = movedTo(store); to !== undefined; to = serving === undefined ? undefined : movedTo(serving)) {
    // Such a circle is refused before anything is moved; whoever makes one by force gets no store.
    if (seen.has(to)) return undefined;
    seen.add(to);
    serving = find(to);
  }
  return serving;
}

/** The names that a store serves: its own, if it wasn't moved itself, and those of the stores that were moved there. */
export function namesServedBy(store: EvidenceStore, all: readonly EvidenceStore[]): readonly string[] {
  const find = (name: string): EvidenceStore | undefined => all.find(({ metadata }) => metadata.name === name);
  const { uid } = store.metadata;
  return all.filter((each) => servingStore(each, find)?.metadata.uid === uid).map(({ metadata }) => metadata.name);
}
