import { CONDITION, findCondition } from '../api/conditions.ts';
import { verdictOf } from '../api/run-verdict.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { OperatorStores } from './context.ts';

/** Sets what the objects add up to, as they are at a scrape: what is gone is no series any more. */
export function observeObjects(
  metrics: Pick<OperatorMetrics, 'runs' | 'waivers'>,
  stores: Pick<OperatorStores, 'runs' | 'waivers'>,
): void {
  metrics.runs.reset();
  for (const run of stores.runs.list()) {
    const { namespace = '' } = run.metadata;
    metrics.runs.inc({ namespace, workflow: run.spec.workflowRef.name, reason: verdictOf(run).reason });
  }
  metrics.waivers.reset();
  for (const { metadata, status } of stores.waivers.list()) {
    const active = findCondition(status?.conditions, CONDITION.Active)?.status === 'True';
    metrics.waivers.inc({ namespace: metadata.namespace ?? '', active: String(active) });
  }
}
