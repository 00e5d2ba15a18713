import { parseDuration } from '../api/duration.ts';
import { isArchived, isFinished, verdictOf } from '../api/run-verdict.ts';
import type { Workflow, WorkflowRun } from '../api/types.gen.ts';
import { refOfKey } from '../kube/store.ts';
import type { ObjectMetrics } from '../telemetry/object-metrics.ts';
import type { RunMetrics } from '../telemetry/run-metrics.ts';
import type { OperatorStores } from './context.ts';
import { lastFinished } from './counters.ts';

type Metrics = ObjectMetrics & { readonly written: Pick<RunMetrics, 'drop'> };

/** The series of each workflow. Only those of workflows that have changed are made anew: there may be many, with many runs each. */
export interface WorkflowGauges {
  /** `key` is `namespace/name`. */
  changed(key: string): void;
  collect(metrics: Metrics, stores: Pick<OperatorStores, 'workflows' | 'runs'>, isArchiveKept: boolean): void;
}

interface Shown {
  readonly unarchived: number;
  remove(): void;
}

export function createWorkflowGauges(): WorkflowGauges {
  const changed = new Set<string>();
  const shown = new Map<string, Shown>();
  let unarchived = 0;

  function show(key: string, next: Shown | undefined): void {
    unarchived += (next?.unarchived ?? 0) - (shown.get(key)?.unarchived ?? 0);
    if (next === undefined) shown.delete(key);
    else shown.set(key, next);
  }

  return {
    changed: (key) => void changed.add(key),
    collect(metrics, stores, isArchiveKept) {
      for (const key of changed) {
        const workflow = stores.workflows.get(refOfKey(key));
        const runs = stores.runs.byIndex('workflow', key);
        shown.get(key)?.remove();
        const isGone = workflow === undefined && runs.length === 0;
        show(key, isGone ? undefined : gaugesOf(metrics, key, workflow, runs));
        if (isGone) metrics.written.drop(...labelsOf(key));
      }
      changed.clear();
      if (isArchiveKept) metrics.unarchived.set(unarchived);
    },
  };
}

const labelsOf = (key: string): readonly [namespace: string, workflow: string] => {
  const { namespace = '', name } = refOfKey(key);
  return [namespace, name];
};

/** Milliseconds to seconds; undefined for what is no time. */
const seconds = (time: string | undefined): number | undefined => {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
};

function gaugesOf(
  metrics: ObjectMetrics,
  key: string,
  workflow: Workflow | undefined,
  runs: readonly WorkflowRun[],
): Shown {
  const [namespace, name] = labelsOf(key);
  const labels = { namespace, workflow: name };
  const removals: (() => void)[] = [];
  const { workflowCreated, lastSuccess, lastDuration, maxInterval } = metrics;
  const set = (gauge: typeof lastSuccess, value: number | undefined): void => {
    if (value === undefined) return;
    gauge.set(labels, value);
    removals.push(() => gauge.remove(labels));
  };
  if (workflow !== undefined) {
    const { team = '', project = '', expectations } = workflow.spec;
    const info = { ...labels, team, project };
    metrics.workflowInfo.set(info, 1);
    removals.push(() => metrics.workflowInfo.remove(info));
    set(workflowCreated, seconds(workflow.metadata.creationTimestamp));
    set(maxInterval, parseDuration(expectations?.maxInterval ?? ''));
  }
  const accepted = lastFinished(runs.filter((run) => verdictOf(run).status === 'True'));
  set(lastSuccess, seconds(accepted?.status?.finishTime));
  const { startTime, finishTime } = lastFinished(runs)?.status ?? {};
  const [start, end] = [seconds(startTime), seconds(finishTime)];
  set(lastDuration, start === undefined || end === undefined ? undefined : Math.max(0, end - start));
  for (const [reason, count] of Map.groupBy(runs, (run) => verdictOf(run).reason)) {
    metrics.runs.set({ ...labels, reason }, count.length);
    removals.push(() => metrics.runs.remove({ ...labels, reason }));
  }
  const remove = (): void => {
    for (const each of removals) each();
  };
  return { unarchived: runs.filter((run) => isFinished(run) && !isArchived(run)).length, remove };
}
