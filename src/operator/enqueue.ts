import type { KubeObject } from '../api/object.ts';
import { type Change, keyOf } from '../kube/store.ts';
import type { Enqueue, QueueName } from './sources.ts';

/** An object that somebody has just changed. */
export const one = (queue: QueueName, { metadata }: KubeObject): Enqueue => ({ queue, key: keyOf(metadata) });

/** One that something else has changed. */
export const later = (queue: QueueName, { metadata }: KubeObject): Enqueue => ({
  ...one(queue, { metadata }),
  priority: 'backlog',
});

/** Whether only the status or metadata of an object changed, as after each write of our own. */
export const isEcho = ({ object, before }: Change<KubeObject>): boolean =>
  before !== undefined &&
  before.metadata.uid === object.metadata.uid &&
  before.metadata.generation === object.metadata.generation &&
  before.metadata.deletionTimestamp === object.metadata.deletionTimestamp;
