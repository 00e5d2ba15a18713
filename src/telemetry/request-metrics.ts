import { Counter, Histogram, type Registry } from 'prom-client';
import { PROBLEMS, type ProblemCode } from '../api/problems.ts';
import { WORK_BUCKETS } from './kube-metrics.ts';

/** What clients ask for, and what they are refused. */
export interface RequestMetrics {
  /** `status` is the class of the answer, such as `2xx`, or `closed` when the client went away before there was one. */
  readonly answered: Counter<'route' | 'method' | 'status'>;
  /** `trace_id` is of its exemplars, and no label. */
  readonly seconds: Histogram<'route' | 'method' | 'trace_id'>;
  refused(code: ProblemCode): void;
}

export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const refusals = new Counter({
    name: 'proviso_refusals_total',
    help: 'Requests that were answered by a problem, by its code.',
    labelNames: ['code'],
    registers,
  });
  // From the start, so that the first of its kind is an increase.
  for (const code of Object.keys(PROBLEMS)) refusals.inc({ code }, 0);
  const seconds = new Histogram({
    name: 'proviso_http_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer, with the time that its body took.',
    labelNames: ['route', 'method'],
    buckets: WORK_BUCKETS,
    enableExemplars: true,
    // It takes no registry of the older text, which leaves exemplars out by itself.
    registers: [],
  });
  registry.registerMetric(seconds);
  return {
    answered: new Counter({
      name: 'proviso_http_requests_total',
      help: 'Requests by the template of their route and the class of their answer.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    seconds,
    refused: (code) => refusals.inc({ code }),
  };
}
