import { CONDITION, type Condition, findCondition } from '../../api/conditions.ts';
import type { ResourceKind } from '../../api/kinds.ts';
import type { KubeObject, ObjectRef } from '../../api/object.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isStatus } from '../../kube/error.ts';
import type { TreeNode } from './node.ts';

/** What became of looking for an object: a person may see one part of a tree and not another. */
export type Looked<T extends KubeObject = KubeObject> =
  | { readonly outcome: 'found'; readonly object: T }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'forbidden' };

/** Looks for one object, with the rights of who asks. */
export async function look<T extends KubeObject>(
  client: KubeClient,
  kind: ResourceKind,
  ref: ObjectRef,
): Promise<Looked<T>> {
  try {
    const object = await client.find<T>(kind, ref);
    return object === undefined ? { outcome: 'missing' } : { outcome: 'found', object };
  } catch (error) {
    if (isStatus(error, 403)) return { outcome: 'forbidden' };
    throw error;
  }
}

interface Named {
  readonly kind: string;
  readonly name: string;
}

type Conditioned = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };

/** The line of an object that has a condition Ready; `message` is said of one that is. */
export function readyNode(
  named: Named,
  looked: Looked<Conditioned>,
  message?: string,
  children: readonly TreeNode[] = [],
): TreeNode {
  if (looked.outcome !== 'found') return { ...absentNode(named, looked.outcome), children };
  const { metadata, status } = looked.object;
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const said = ready === undefined || ready.status === 'True' ? message : ready.message;
  return {
    ...named,
    state: ready?.status ?? 'Unknown',
    ...(ready === undefined ? {} : { reason: ready.reason }),
    ...(metadata.creationTimestamp === undefined ? {} : { time: metadata.creationTimestamp }),
    ...(said === undefined ? {} : { message: said }),
    children,
  };
}

/** The line of an object that is there or not. */
export function presentNode(named: Named, looked: Looked): TreeNode {
  if (looked.outcome !== 'found') return absentNode(named, looked.outcome);
  const { creationTimestamp: time } = looked.object.metadata;
  return { ...named, state: 'There', ...(time === undefined ? {} : { time }), children: [] };
}

export const absentNode = (named: Named, outcome: 'missing' | 'forbidden'): TreeNode =>
  outcome === 'missing'
    ? { ...named, state: 'Missing', children: [] }
    : { ...named, state: 'Unknown', reason: 'Forbidden', message: 'your account may not look at it', children: [] };
