import { movedTo } from '../api/moved.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import type { Change } from '../kube/store.ts';
import { later, one } from './enqueue.ts';
import type { LookUp } from './look-up.ts';
import type { Enqueue } from './sources.ts';
import { healthOf } from './store-health.ts';

/** What a change of a store touches: itself, those that are moved to it, and the workflows whose runs it may take now. */
export function storeLooks(
  { object, type, before, initial }: Change<EvidenceStore>,
  lookUp: LookUp,
): readonly Enqueue[] {
  const own = type === 'deleted' ? [] : [one('evidencestores', object)];
  if (initial) return own;
  // Mostly a probe changes nothing for others; a spec does, and which store is the default may have been changed by it.
  const isProbed = type === 'modified' && object.status?.observedGeneration === object.metadata.generation;
  if (isProbed && before !== undefined) {
    if (healthOf(before) === healthOf(object)) return own;
    const stores = lookUp.evidenceStores();
    const followers = stores.filter(({ spec }) => spec.movedTo !== undefined);
    const isMoved = movedTo(before) !== movedTo(object);
    const hasFallback = stores.some(({ spec }) => spec.fallback === true);
    const touched = lookUp
      .allWorkflows()
      .filter(({ spec }) => isMoved || (hasFallback && spec.evidenceStoreRef === undefined));
    return [
      ...own,
      ...followers.map((store) => later('evidencestores', store)),
      ...touched.map((workflow) => later('workflows', workflow)),
    ];
  }
  return [
    ...own,
    ...lookUp.evidenceStores().map((store) => one('evidencestores', store)),
    ...lookUp.allWorkflows().map((workflow) => later('workflows', workflow)),
  ];
}
