import { movedTo } from '../api/moved.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { placeOf } from '../evidence/open.ts';
import { isReady } from './store-health.ts';

/** What keeps a store from being moved. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
}

/** Why nothing is copied from a store to the one that it is to be moved to. */
export function obstacleTo(
  store: EvidenceStore,
  target: EvidenceStore,
  stores: readonly EvidenceStore[],
): Obstacle | undefined {
  const { name } = store.metadata;
  const to = target.metadata.name;
  const next = target.spec.movedTo?.name;
  if (next === name) return refuse(`'${to}' is itself moved to this store; take spec.movedTo away from one of them`);
  if (placeOf(store) === placeOf(target)) {
    return refuse(`'${to}' is the same place as this store; whoever clears the old one up would clear up both`);
  }
  if (next !== undefined) return refuse(`'${to}' is itself moved to '${next}'; name that one instead`);
  const arriving = stores.find((each) => each.spec.movedTo?.name === name && movedTo(each) === undefined);
  if (arriving !== undefined) {
    const { metadata } = arriving;
    return refuse(`'${metadata.name}' is still being moved to this store; wait until it is, or have it name '${to}'`);
  }
  const labels = labelsOf(store);
  const left = Object.entries(labelsOf(target)).find(([label, value]) => labels[label] !== value);
  if (left !== undefined) {
    return refuse(
      `'${to}' is only for namespaces with the label ${left.join('=')}, and this store is for others too; none of them may be left out`,
    );
  }
  if (isReady(target)) return undefined;
  const message = `the EvidenceStore '${to}' is not Ready; see: kubectl describe evidencestore ${to}`;
  return { reason: REASON.TargetNotReady, message };
}

export const noStore = (name: string): Obstacle =>
  refuse(`there is no EvidenceStore '${name}'; see: kubectl get evidencestores`);

const refuse = (message: string): Obstacle => ({ reason: REASON.MoveRefused, message });

const labelsOf = ({ spec }: EvidenceStore): Readonly<Record<string, string>> => spec.namespaces?.matchLabels ?? {};
