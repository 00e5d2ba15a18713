import { CONDITION, findCondition } from '../api/conditions.ts';
import { isSelected } from '../api/label-selector.ts';
import type { KubeObject } from '../api/object.ts';
import type { Waiver } from '../api/types.gen.ts';

/** What there can be an exception from: the violations of a policy, or that a material is missing. */
export type Waivable =
  | { readonly kind: 'Policy' | 'ClusterPolicy'; readonly name: string }
  | { readonly material: string };

/** The exception that holds, for the record of a run. */
export interface HeldWaiver {
  readonly name: string;
  readonly owner: string;
  readonly approvedBy: string;
  /** RFC 3339. */
  readonly expires: string;
}

/** What a waiver by itself says of its time and its approval. */
export type WaiverStanding =
  | { readonly state: 'approved'; readonly by: string }
  | { readonly state: 'awaiting'; readonly why: string }
  | { readonly state: 'expired' }
  | { readonly state: 'too-long' };

/** How long after it was made a waiver may last. */
export const MAX_WAIVER_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * The waivers that hold for one thing and one workflow at a time, the longest first. By the status, which says whether an
 * approval counts, and again by the waiver and the clock themselves: a status that is late, or that somebody else wrote,
 * makes no exception.
 */
export const waiversFor = (
  waivers: readonly Waiver[],
  what: Waivable,
  workflow: Pick<KubeObject, 'metadata'>,
  now: Date,
): readonly HeldWaiver[] =>
  waivers
    .filter(({ metadata, spec }) => {
      const isOfNamespace = metadata.namespace !== undefined && metadata.namespace === workflow.metadata.namespace;
      return isOfNamespace && isAbout(spec, what) && isSelected(spec.selector, workflow.metadata.labels);
    })
    .flatMap((waiver) => held(waiver, now))
    .toSorted((a, b) => Date.parse(b.expires) - Date.parse(a.expires) || (a.name < b.name ? -1 : 1));

/** Whether a waiver is approved and its time isn't over; not whether anybody held the approver to be somebody else. */
export function waiverStanding({ metadata, spec }: Waiver, now: Date): WaiverStanding {
  const expires = Date.parse(spec.expires);
  const made = Date.parse(metadata.creationTimestamp ?? '');
  // Not the other way round: what is no time compares as false.
  if (!(now.getTime() < expires)) return { state: 'expired' };
  if (!(expires - made <= MAX_WAIVER_DAYS * DAY_MS)) return { state: 'too-long' };
  const { approvedBy, approvedUid, requestedBy } = spec;
  if (approvedBy === undefined) return { state: 'awaiting', why: `nobody has approved it yet` };
  if (approvedBy === requestedBy) return { state: 'awaiting', why: `${approvedBy} has made it, and can't approve it` };
  if (approvedUid === undefined || approvedUid !== metadata.uid) {
    return {
      state: 'awaiting',
      why: `${approvedBy} has approved another Waiver of this name, with the uid ${approvedUid}`,
    };
  }
  return { state: 'approved', by: approvedBy };
}

function held(waiver: Waiver, now: Date): readonly HeldWaiver[] {
  const { metadata, spec, status } = waiver;
  const standing = waiverStanding(waiver, now);
  const active = findCondition(status?.conditions, CONDITION.Active);
  const isActive = active?.status === 'True' && active.observedGeneration === metadata.generation;
  // One that is being deleted may stand there for long, if somebody put a finalizer on it.
  if (standing.state !== 'approved' || !isActive || metadata.deletionTimestamp !== undefined) return [];
  return [{ name: metadata.name, owner: spec.owner, approvedBy: standing.by, expires: spec.expires }];
}

function isAbout({ policy, material }: Waiver['spec'], what: Waivable): boolean {
  if ('material' in what) return material === what.material;
  return policy?.name === what.name && (policy.kind ?? 'Policy') === what.kind;
}
