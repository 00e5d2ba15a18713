import type { WorkflowRun } from '../../api/types.gen.ts';
import type { Store } from '../../kube/store.ts';
import type { ReceiverMetrics } from '../../telemetry/receiver-metrics.ts';

/** The index `workflow` of runs: `namespace/workflow`. */
export const workflowOf = ({ metadata, spec }: WorkflowRun): readonly string[] => [
  `${metadata.namespace ?? ''}/${spec.workflowRef.name}`,
];

/**
 * Ends the series of a workflow whose last run has left the cluster. The finished runs of one that is still there stay, as many as its
 * history has, so it is gone, or nothing is told of it that anybody waits for.
 */
export function dropSeries(
  metrics: Pick<ReceiverMetrics, 'dropWorkflow'>,
  runs: Store<WorkflowRun>,
  deleted: WorkflowRun,
): void {
  const [workflow = ''] = workflowOf(deleted);
  if (runs.byIndex('workflow', workflow).length > 0) return;
  metrics.dropWorkflow(deleted.metadata.namespace ?? '', deleted.spec.workflowRef.name);
}
