import { Counter, Histogram, type Registry } from 'prom-client';
import { ANNOTATION_TRACEPARENT } from '../api/labels.ts';
import { verdictOf } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { parseTraceparent } from './trace-context.ts';
import { createWorkflowSeries } from './workflow-series.ts';

/** What becomes of runs, counted by whoever writes it: each run is opened once, and gets one verdict. */
export interface RunMetrics {
  opened(run: WorkflowRun): void;
  /** Told of a run with its verdict, once that is written. */
  finished(run: WorkflowRun): void;
  /** The workflow has no run any more, so nothing is told of it either. */
  drop(namespace: string, workflow: string): void;
}

/** From a step of some seconds to a deadline of a day. */
const DURATION_BUCKETS = [5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600];
const LABELS = ['namespace', 'workflow', 'team', 'runner'] as const;

export function createRunMetrics(registry: Registry): RunMetrics {
  const registers = [registry];
  const opened = createWorkflowSeries(
    new Counter({
      name: 'proviso_runs_opened_total',
      help: 'Runs that this process has opened.',
      labelNames: LABELS,
      registers,
    }),
  );
  const finished = createWorkflowSeries(
    new Counter({
      name: 'proviso_runs_finished_total',
      help: 'Runs that this process has written the verdict of, by the reason of Succeeded.',
      labelNames: [...LABELS, 'result'] as const,
      registers,
    }),
  );
  const seconds: Histogram<'runner' | 'result' | 'trace_id'> = new Histogram({
    name: 'proviso_run_duration_seconds',
    help: 'From when a run was opened to its verdict.',
    labelNames: ['runner', 'result'],
    buckets: DURATION_BUCKETS,
    enableExemplars: true,
    // It takes no registry of the older text, which leaves exemplars out by itself.
    registers: [],
  });
  registry.registerMetric(seconds);
  return {
    opened: (run) => opened.inc(labelsOf(run)),
    finished(run) {
      const { reason: result } = verdictOf(run);
      finished.inc({ ...labelsOf(run), result });
      const { startTime = run.metadata.creationTimestamp ?? '', finishTime = '' } = run.status ?? {};
      const took = (Date.parse(finishTime) - Date.parse(startTime)) / 1000;
      // Two clocks may have said the two times.
      if (!Number.isFinite(took)) return;
      const trace = parseTraceparent(run.metadata.annotations?.[ANNOTATION_TRACEPARENT]);
      seconds.observe({
        ...{ labels: { runner: run.spec.runner.type, result }, value: Math.max(0, took) },
        ...(trace === undefined ? {} : { exemplarLabels: { trace_id: trace.traceId } }),
      });
    },
    drop(namespace, workflow) {
      opened.drop(namespace, workflow);
      finished.drop(namespace, workflow);
    },
  };
}

const labelsOf = ({ metadata, spec }: WorkflowRun) => ({
  namespace: metadata.namespace ?? '',
  workflow: spec.workflowRef.name,
  team: spec.team ?? '',
  runner: spec.runner.type,
});
