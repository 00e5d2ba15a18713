import { setTimeout as sleep } from 'node:timers/promises';
import { CONDITION, type Condition, findCondition } from '../../api/conditions.ts';
import type { ResourceKind } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf } from '../../kube/store.ts';

/** An object that isn't Ready, and what it says. */
export interface NotReady {
  readonly kind: string;
  /** `namespace/name`, or a bare name. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
}

const ASK_EVERY_MS = 1_000;

interface Reconciled extends KubeObject {
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/**
 * Waits until all of these objects of a kind, by their keys, are Ready as they are now, or the time is over (`until`, of
 * performance.now()); returns those that aren't.
 */
export async function awaitReady(
  client: KubeClient,
  kind: ResourceKind,
  keys: readonly string[],
  until: number,
): Promise<readonly NotReady[]> {
  if (keys.length === 0) return [];
  for (;;) {
    const found = new Map((await client.list<Reconciled>(kind)).map((each) => [keyOf(each.metadata), each]));
    const left = keys.flatMap((key) => standingOf(kind, key, found.get(key)) ?? []);
    if (left.length === 0 || performance.now() > until) return left;
    await sleep(ASK_EVERY_MS);
  }
}

function standingOf({ kind }: ResourceKind, object: string, found: Reconciled | undefined): NotReady | undefined {
  const { observedGeneration, conditions } = found?.status ?? {};
  const isCurrent = observedGeneration !== undefined && observedGeneration === found?.metadata.generation;
  const ready = isCurrent ? findCondition(conditions, CONDITION.Ready) : undefined;
  if (ready?.status === 'True') return undefined;
  const { reason = 'NotLookedAt', message = 'the operator has not looked at it yet' } = ready ?? {};
  return { kind, object, reason, message };
}
