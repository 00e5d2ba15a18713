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
  readonly spec?: { readonly movedTo?: object };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/**
 * Waits until all of these objects of a kind, by their keys, are Ready as they are now, or the time is over (`until`, of
 * performance.now()); returns those that aren't. A store that is to be moved has to be: before that its evidence isn't found.
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
  const types = found?.spec?.movedTo === undefined ? [CONDITION.Ready] : [CONDITION.Ready, CONDITION.Moved];
  const current = types.map((type) => (isCurrent ? findCondition(conditions, type) : undefined));
  const wanting = current.findIndex((condition) => condition?.status !== 'True');
  if (wanting < 0) return undefined;
  const { reason = 'NotLookedAt', message = 'the operator has not looked at it yet' } = current[wanting] ?? {};
  return { kind, object, reason, message };
}
