import { Gauge, type Registry } from 'prom-client';
import { createEventMetrics, type EventMetrics } from './event-metrics.ts';
import { type ExpositionForm, renderRegistry } from './exposition.ts';
import { createIntakeMetrics, type IntakeMetrics } from './intake-metrics.ts';
import { createKubeMetrics, type KubeMetrics } from './kube-metrics.ts';
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.ts';
import { createRegistry } from './registry.ts';
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts';
import { createRunMetrics, type RunMetrics } from './run-metrics.ts';
import { createStorageMetrics, type StorageMetrics } from './storage-metrics.ts';

/** What one receiver counts. Labels are bounded: namespaces, workflows, stores and closed lists, never runs or digests. */
export interface ReceiverMetrics {
  readonly kube: KubeMetrics;
  readonly queues: QueueMetrics;
  readonly requests: RequestMetrics;
  readonly runs: RunMetrics;
  readonly intake: IntakeMetrics;
  readonly storage: StorageMetrics;
  readonly events: EventMetrics;
  /** How much is taken of what there is only so much of, from 0 to 1. */
  readonly saturation: Gauge<'resource'>;
  /** The workflow has no run any more, so nothing is told of it either. */
  dropWorkflow(namespace: string, workflow: string): void;
  /** Called at each scrape, before it is rendered. */
  onScrape(collect: () => void): void;
  /** What `/metrics` is made of. */
  readonly registry: Registry;
  /** The page of `/metrics`; absent, as text. */
  render(form?: ExpositionForm): Promise<string>;
}

/** Of finished runs that are to be archived. */
export const ARCHIVER_QUEUE = 'archiver';
const QUEUES = [ARCHIVER_QUEUE];

export function createReceiverMetrics(): ReceiverMetrics {
  const registry = createRegistry('receiver');
  const collectors: (() => void)[] = [];
  const runs = createRunMetrics(registry);
  const intake = createIntakeMetrics(registry);
  return {
    kube: createKubeMetrics(registry),
    queues: createQueueMetrics(registry, QUEUES),
    requests: createRequestMetrics(registry),
    storage: createStorageMetrics(registry),
    events: createEventMetrics(registry),
    saturation: new Gauge({
      name: 'proviso_receiver_saturation_ratio',
      help: 'How much is taken of what a receiver has only so much of; at 1 it turns requests away.',
      labelNames: ['resource'],
      registers: [registry],
    }),
    runs,
    intake,
    dropWorkflow(namespace, workflow) {
      runs.drop(namespace, workflow);
      intake.violations.drop(namespace, workflow);
    },
    registry,
    onScrape: (collect) => void collectors.push(collect),
    render(form = 'text') {
      for (const collect of collectors) collect();
      return renderRegistry(registry, form);
    },
  };
}
