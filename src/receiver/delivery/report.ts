import { CONDITION, type ConditionClaim, settleConditions } from '../../api/conditions.ts';
import { excerpt } from '../../api/excerpt.ts';
import { KIND } from '../../api/kinds.ts';
import { REASON } from '../../api/reasons.ts';
import type { Subscription, SubscriptionStatus } from '../../api/types.gen.ts';
import type { DeliveryCounts } from '../../archive/deliveries.ts';
import { applyStatus } from '../../kube/apply.ts';
import type { KubeClient } from '../../kube/client.ts';

const MANAGER = 'proviso-deliverer';
const MAX_ERROR = 1000;

/** What came of the tries of one Subscription. */
export interface Tries {
  /** Of the last one: why it failed, or undefined when it didn't. Absent while there was none. */
  readonly last?: { readonly error: string | undefined };
  /** RFC 3339. */
  readonly deliveredAt?: string | undefined;
  readonly failedAt?: string | undefined;
  readonly error?: string | undefined;
}

/** What an earlier process has told of them. */
export const earlierTries = ({ status }: Subscription): Tries => ({
  deliveredAt: status?.delivery?.lastDeliveryTime,
  failedAt: status?.delivery?.lastErrorTime,
  error: status?.delivery?.lastError,
});

/** Writes what became of deliveries into the status, beside what the operator writes there. */
export async function reportDeliveries(
  client: KubeClient,
  subscription: Subscription,
  counts: DeliveryCounts,
  tries: Tries,
): Promise<void> {
  const { deliveredAt, failedAt, error } = tries;
  const previous = subscription.status?.conditions ?? [];
  const before = previous.find(({ type, reason }) => type === CONDITION.Delivering && reason !== REASON.Suspended);
  const claim = delivering(subscription, tries) ?? before;
  const status: SubscriptionStatus = {
    delivery: {
      ...counts,
      ...(deliveredAt === undefined ? {} : { lastDeliveryTime: deliveredAt }),
      ...(failedAt === undefined ? {} : { lastErrorTime: failedAt }),
      ...(error === undefined ? {} : { lastError: excerpt(error, MAX_ERROR) }),
    },
    conditions: settleConditions(previous, claim === undefined ? [] : [claim], new Date().toISOString()),
  };
  await applyStatus(client, KIND.Subscription, subscription, status, { fieldManager: MANAGER });
}

function delivering({ metadata, spec }: Subscription, { last }: Tries): ConditionClaim | undefined {
  const facts = { type: CONDITION.Delivering, observedGeneration: metadata.generation ?? 0 };
  if (spec.suspend === true) {
    return { ...facts, status: 'False', reason: REASON.Suspended, message: 'spec.suspend: nothing is told for now' };
  }
  if (last === undefined) return undefined;
  return last.error === undefined
    ? { ...facts, status: 'True', reason: REASON.Delivered, message: 'the last event was taken' }
    : { ...facts, status: 'False', reason: REASON.DeliveryFailed, message: excerpt(last.error, MAX_ERROR) };
}
