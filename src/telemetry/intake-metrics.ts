import { Counter, Histogram, type Registry } from 'prom-client';
import { WORK_BUCKETS } from './kube-metrics.ts';
import { createWorkflowSeries, type WorkflowSeries } from './workflow-series.ts';

/** What is handed in, and what checks and policies say of it. Types, forms, outcomes and severities are closed lists. */
export interface IntakeMetrics {
  /** `recorded`; `refused` with a problem; `failed` when it isn't known what became of it. */
  readonly materials: Counter<'type' | 'outcome'>;
  readonly materialBytes: Counter<'type'>;
  /** `verified`, `mismatch` when the signature counts and the statement doesn't, else the code that refuses it. */
  readonly verifications: Counter<'form' | 'outcome'>;
  readonly evaluations: Counter<'engine' | 'outcome'>;
  readonly evaluationSeconds: Histogram<'engine'>;
  readonly violations: WorkflowSeries<'policy' | 'severity'>;
}

export function createIntakeMetrics(registry: Registry): IntakeMetrics {
  const registers = [registry];
  return {
    materials: new Counter({
      name: 'proviso_materials_total',
      help: 'Materials that were handed in.',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    materialBytes: new Counter({
      name: 'proviso_material_bytes_total',
      help: 'Bytes of the materials that were recorded.',
      labelNames: ['type'],
      registers,
    }),
    verifications: new Counter({
      name: 'proviso_signature_verifications_total',
      help: 'Attestations and images whose signatures were verified, by the form that they came in.',
      labelNames: ['form', 'outcome'],
      registers,
    }),
    evaluations: new Counter({
      name: 'proviso_policy_evaluations_total',
      help: 'Policies that were asked for a request.',
      labelNames: ['engine', 'outcome'],
      registers,
    }),
    evaluationSeconds: new Histogram({
      name: 'proviso_policy_evaluation_duration_seconds',
      help: 'How long a policy takes to answer, with the wait for its turn.',
      labelNames: ['engine'],
      buckets: WORK_BUCKETS,
      registers,
    }),
    violations: createWorkflowSeries(
      new Counter({
        name: 'proviso_policy_violations_total',
        help: 'What policies objected to when they were asked for a request, by the severity that the finding names.',
        labelNames: ['namespace', 'workflow', 'policy', 'severity'] as const,
        registers,
      }),
    ),
  };
}
