import type { NextFunction, Request, Response } from 'express';
import { currentFacts } from '../../telemetry/facts.ts';
import type { RequestMetrics } from '../../telemetry/request-metrics.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT']);

/**
 * Counts each request by the template of its route, for its path names runs and digests. The trace of the last one of each bucket is its
 * exemplar.
 */
export const observeRequests =
  ({ answered, seconds }: RequestMetrics) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    const { trace_id } = currentFacts();
    response.once('close', () => {
      // What was turned away before it had a route, and what there is nothing at.
      const { path: route = 'none' } = (request.route ?? {}) as { readonly path?: string };
      const method = METHODS.has(request.method) ? request.method : 'other';
      const status = response.headersSent ? `${Math.floor(response.statusCode / 100)}xx` : 'closed';
      answered.inc({ route, method, status });
      seconds.observe({
        ...{ labels: { route, method }, value: (performance.now() - started) / 1000 },
        ...(trace_id === undefined ? {} : { exemplarLabels: { trace_id } }),
      });
    });
    next();
  };
