import type { KubeClient } from './client.ts';

/** A write that was held back, since somebody else may lead by now. */
export class NotLeaderError extends Error {}

/**
 * The client, whose writes go out only while `isLeader` says so at that very moment. A leader that was stopped for a while
 * (a paused process, a stalled loop) wakes up with requests half prepared; this is where they end.
 */
export function fencedClient(client: KubeClient, isLeader: () => boolean): KubeClient {
  const guarded =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      isLeader() ? call(...args) : Promise.reject(new NotLeaderError('this replica does not hold the lease'));
  return {
    get: client.get,
    find: client.find,
    list: client.list,
    create: guarded(client.create) as KubeClient['create'],
    apply: guarded(client.apply) as KubeClient['apply'],
    mergePatch: guarded(client.mergePatch) as KubeClient['mergePatch'],
    remove: guarded(client.remove),
    post: guarded(client.post) as KubeClient['post'],
  };
}
