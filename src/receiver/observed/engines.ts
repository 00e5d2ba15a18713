import { asRecord } from '../../api/record.ts';
import type { EngineName, PolicyEngines } from '../../policy/engines.ts';
import type { PolicyEngine, PolicyOutcome, PolicyQuery } from '../../policy/evaluation.ts';
import { severityOf } from '../../policy/facts/severity.ts';
import type { IntakeMetrics } from '../../telemetry/intake-metrics.ts';

type Counted = Pick<IntakeMetrics, 'evaluations' | 'evaluationSeconds' | 'violations'>;

/** Counts what policies say, and how long they take. */
export const observedEngines = ({ CEL, Rego }: PolicyEngines, metrics: Counted): PolicyEngines => ({
  CEL: observed('CEL', CEL, metrics),
  Rego: observed('Rego', Rego, metrics),
});

function observed(engine: EngineName, asked: PolicyEngine, metrics: Counted): PolicyEngine {
  return {
    ...asked,
    async evaluate(name, source, query) {
      const started = performance.now();
      const outcome = await asked.evaluate(name, source, query);
      metrics.evaluationSeconds.observe({ engine }, (performance.now() - started) / 1000);
      metrics.evaluations.inc({ engine, outcome: wordFor(outcome) });
      countViolations(metrics, name, query, outcome);
      return outcome;
    },
  };
}

const counting = (outcome: PolicyOutcome) =>
  outcome.kind === 'evaluated' ? outcome.violations.filter(({ suppressed }) => suppressed !== true) : [];

function wordFor(outcome: PolicyOutcome): string {
  if (outcome.kind !== 'evaluated') return outcome.kind;
  return counting(outcome).length + (outcome.omitted ?? 0) > 0 ? 'violated' : 'passed';
}

function countViolations({ violations }: Counted, policy: string, { run }: PolicyQuery, outcome: PolicyOutcome): void {
  const of = { namespace: run.namespace, workflow: run.workflow, policy };
  for (const { finding } of counting(outcome)) {
    violations.inc({ ...of, severity: severityOf(asRecord(finding)?.severity, 0) });
  }
  const { omitted = 0 } = outcome.kind === 'evaluated' ? outcome : {};
  if (omitted > 0) violations.inc({ ...of, severity: 'unknown' }, omitted);
}
