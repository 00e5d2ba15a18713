import { Gauge, type Registry } from 'prom-client';

type OfWorkflow = 'namespace' | 'workflow';

/** What the objects in the cluster add up to, and what each workflow is at. Times are seconds of the Unix epoch. */
export interface ObjectMetrics {
  /** Runs in the cluster, open ones too. */
  readonly runs: Gauge<OfWorkflow | 'reason'>;
  readonly unarchived: Gauge;
  readonly workflowInfo: Gauge<OfWorkflow | 'team' | 'project'>;
  readonly workflowCreated: Gauge<OfWorkflow>;
  readonly lastSuccess: Gauge<OfWorkflow>;
  readonly lastDuration: Gauge<OfWorkflow>;
  readonly maxInterval: Gauge<OfWorkflow>;
  readonly waivers: Gauge<'namespace' | 'active'>;
  readonly objects: Gauge<'kind' | 'ready'>;
}

const OF_WORKFLOW = ['namespace', 'workflow'] as const;

export function createObjectMetrics(registry: Registry): ObjectMetrics {
  const registers = [registry];
  const ofWorkflow = (name: string, help: string) =>
    new Gauge({ name: `proviso_workflow_${name}`, help, labelNames: OF_WORKFLOW, registers });
  return {
    runs: new Gauge({
      name: 'proviso_runs',
      help: 'Runs in the cluster, by the reason of their verdict; of open ones Crafting.',
      labelNames: [...OF_WORKFLOW, 'reason'] as const,
      registers,
    }),
    unarchived: new Gauge({
      name: 'proviso_unarchived_runs',
      help: 'Finished runs that wait for the archive; only where runs are kept until they are archived.',
      registers,
    }),
    workflowInfo: new Gauge({
      name: 'proviso_workflow_info',
      help: 'Who answers for a workflow; always 1.',
      labelNames: [...OF_WORKFLOW, 'team', 'project'] as const,
      registers,
    }),
    workflowCreated: ofWorkflow('created_timestamp_seconds', 'When the workflow was made.'),
    lastSuccess: ofWorkflow(
      'last_success_timestamp_seconds',
      'When the last run that was accepted got its verdict; absent if no kept run was.',
    ),
    lastDuration: ofWorkflow(
      'last_run_duration_seconds',
      'From when the run whose verdict fell last was opened to its verdict.',
    ),
    maxInterval: ofWorkflow(
      'max_interval_seconds',
      'How far apart successes may be, as spec.expectations.maxInterval says; absent where it says nothing.',
    ),
    waivers: new Gauge({
      name: 'proviso_waivers',
      help: 'Waivers, by whether runs are judged by them now.',
      labelNames: ['namespace', 'active'],
      registers,
    }),
    objects: new Gauge({
      name: 'proviso_objects',
      help: 'Objects by the status of their condition Ready.',
      labelNames: ['kind', 'ready'],
      registers,
    }),
  };
}
