import { CONDITION, findCondition } from '../../../src/api/conditions.ts';
import { KIND } from '../../../src/api/kinds.ts';
import type { WorkflowRun } from '../../../src/api/types.gen.ts';
import { startSource } from '../../../src/kube/source.ts';
import type { Transport } from '../../../src/kube/transport.ts';

/** When a watch of somebody else's first showed the verdict of each run, by `performance.now()`. */
export interface Verdicts {
  readonly seenAt: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Watches runs as `kubectl wait` does; resolves once those that are there were listed. */
export async function watchVerdicts(transport: Transport): Promise<Verdicts> {
  const abort = new AbortController();
  const seenAt = new Map<string, number>();
  const source = startSource<WorkflowRun>(transport, KIND.WorkflowRun, {
    signal: abort.signal,
    onChange: ({ object: { metadata, status } }) => {
      const succeeded = findCondition(status?.conditions, CONDITION.Succeeded);
      if (succeeded === undefined || succeeded.status === 'Unknown' || seenAt.has(metadata.name)) return;
      seenAt.set(metadata.name, performance.now());
    },
  });
  await source.synced;
  return {
    seenAt,
    async close() {
      abort.abort(new Error('the benchmark is over'));
      await source.stopped;
    },
  };
}
