/** Condition types. Polarity is documented on the CRD fields; Ready, Reconciling and Stalled follow kstatus. */
export const CONDITION = {
  Ready: 'Ready',
  Reconciling: 'Reconciling',
  Stalled: 'Stalled',
  Succeeded: 'Succeeded',
  PolicyCompliant: 'PolicyCompliant',
  PipelineSucceeded: 'PipelineSucceeded',
  Archived: 'Archived',
  Current: 'Current',
  Moved: 'Moved',
  Active: 'Active',
  Healthy: 'Healthy',
  Delivering: 'Delivering',
} as const;

/** One entry of `status.conditions`, as the Kubernetes API conventions define it. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339; moves only when `status` flips. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** A condition as a reconciler states it, before the transition time is known. */
export type ConditionClaim = Omit<Condition, 'lastTransitionTime'>;

export const findCondition = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

/**
 * The condition list that follows from `claims`: the transition time of an unchanged status is kept, and a condition
 * that isn't claimed any more is dropped.
 */
export function settleConditions(
  previous: readonly Condition[] | undefined,
  claims: readonly ConditionClaim[],
  now: string,
): readonly Condition[] {
  return claims.map((claim) => {
    const before = findCondition(previous, claim.type);
    const lastTransitionTime = before?.status === claim.status ? before.lastTransitionTime : now;
    return { ...claim, lastTransitionTime };
  });
}
