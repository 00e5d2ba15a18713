import type { Counter, Gauge } from 'prom-client';

/** Of one workflow, whose team, runners and policies somebody may change on and on. */
const MAX_SERIES = 100;

type OfWorkflow = 'namespace' | 'workflow';
type Labels<T extends string> = Readonly<Record<T | OfWorkflow, string>>;

/** A metric whose series are of workflows, and end with them; of one workflow there are at most a hundred, the latest. */
export interface WorkflowSeries<T extends string> {
  inc(labels: Labels<T>, by?: number): void;
  drop(namespace: string, workflow: string): void;
}

export function createWorkflowSeries<T extends string>(
  metric: Counter<T | OfWorkflow> | Gauge<T | OfWorkflow>,
  most: number = MAX_SERIES,
): WorkflowSeries<T> {
  const known = new Map<string, Map<string, Labels<T>>>();
  return {
    inc(labels, by = 1) {
      const key = `${labels.namespace}/${labels.workflow}`;
      const series = known.get(key) ?? new Map<string, Labels<T>>();
      known.set(key, series);
      const id = JSON.stringify(Object.entries(labels).sort());
      series.delete(id);
      series.set(id, labels);
      metric.inc(labels, by);
      const [oldest] = series;
      if (series.size <= most || oldest === undefined) return;
      series.delete(oldest[0]);
      metric.remove(oldest[1]);
    },
    drop(namespace, workflow) {
      const key = `${namespace}/${workflow}`;
      for (const labels of known.get(key)?.values() ?? []) metric.remove(labels);
      known.delete(key);
    },
  };
}
