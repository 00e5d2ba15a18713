import type { Finding } from '../../api/problem.ts';
import type { SubscriptionSpec } from '../../api/types.gen.ts';
import type { Authored, AuthoredKind } from '../../api/validate.ts';
import type { PolicyEngines } from '../../policy/engines.ts';
import { filterFault } from '../../policy/event-filter.ts';

/** What is wrong with the filter of a Subscription. */
export async function filterFindings<K extends AuthoredKind>(
  kind: K,
  object: Authored[K],
  { CEL }: PolicyEngines,
): Promise<readonly Finding[]> {
  if (kind !== 'Subscription') return [];
  const { filter } = object.spec as SubscriptionSpec;
  const message = filter === undefined ? undefined : await filterFault(CEL, filter);
  return message === undefined ? [] : [{ at: 'spec.filter', message }];
}
