import { CONDITION, findCondition } from '../../../src/api/conditions.ts';
import { KIND } from '../../../src/api/kinds.ts';
import type { Workflow } from '../../../src/api/types.gen.ts';
import { startSource } from '../../../src/kube/source.ts';
import { keyOf, refOfKey } from '../../../src/kube/store.ts';
import type { Transport } from '../../../src/kube/transport.ts';

/** What a user of the API sees of the workflows, as it happens. */
export interface WorkflowWatch {
  /** Resolves when `holds` was seen of each of the workflows, by their keys; rejects when nothing moves any more. */
  until(keys: readonly string[], holds: (workflow: Workflow) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Wait {
  readonly pending: Set<string>;
  readonly holds: (workflow: Workflow) => boolean;
  readonly done: PromiseWithResolvers<void>;
}

const STUCK_MS = 120_000;

export const isReady = ({ metadata, status }: Workflow): boolean => {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
};

/** Starts to watch; resolves once everything that is there was listed. */
export async function watchWorkflows(transport: Transport): Promise<WorkflowWatch> {
  const abort = new AbortController();
  const waits = new Set<Wait>();
  let movedAt = performance.now();
  const source = startSource<Workflow>(transport, KIND.Workflow, {
    signal: abort.signal,
    onChange: ({ object }) => {
      movedAt = performance.now();
      for (const wait of waits) settle(wait, object);
    },
  });

  function settle(wait: Wait, workflow: Workflow): void {
    if (!wait.holds(workflow) || !wait.pending.delete(keyOf(workflow.metadata))) return;
    if (wait.pending.size === 0) wait.done.resolve();
  }

  const guard = setInterval(() => {
    if (performance.now() - movedAt < STUCK_MS) return;
    for (const { pending, done } of waits) {
      const [first = ''] = pending;
      const seen = JSON.stringify(source.store.get(refOfKey(first))?.status);
      done.reject(new Error(`${pending.size} workflows are stuck, ${first} among them with the status ${seen}`));
    }
  }, 1000);

  await source.synced;
  return {
    async until(keys, holds) {
      const done = Promise.withResolvers<void>();
      const wait: Wait = { pending: new Set(keys), holds, done };
      movedAt = performance.now();
      waits.add(wait);
      for (const key of keys) {
        const workflow = source.store.get(refOfKey(key));
        if (workflow !== undefined) settle(wait, workflow);
      }
      await done.promise.finally(() => waits.delete(wait));
    },
    async close() {
      clearInterval(guard);
      abort.abort(new Error('the benchmark is over'));
      await source.stopped;
    },
  };
}
