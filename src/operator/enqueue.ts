import { isDeepStrictEqual } from 'node:util';
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

/** The object that changed: behind others if its spec is the same, and after a while if nothing but its status isn't. */
export function itself(queue: QueueName, change: Change<KubeObject>): Enqueue {
  const { object, before } = change;
  if (!isEcho(change)) return one(queue, object);
  const isTold = !isDeepStrictEqual(toldBy(before), toldBy(object));
  return isTold ? later(queue, object) : { ...later(queue, object), afterMs: ECHO_MS };
}

/** A status stands as we wrote it; a hand that changed it after all is undone when there is time. */
const ECHO_MS = 3_000;

/** What people set who want something to be looked at. */
const toldBy = (object: KubeObject | undefined) => [object?.metadata.labels, object?.metadata.annotations];
