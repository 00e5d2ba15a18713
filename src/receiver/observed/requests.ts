import type { NextFunction, Request, Response } from 'express';
import type { RequestMetrics } from '../../telemetry/request-metrics.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT']);

/** Counts each request by the template of its route, for its path names runs and digests. */
export const observeRequests =
  ({ answered, seconds }: RequestMetrics) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    response.once('close', () => {
      // What was turned away before it had a route, and what there is nothing at.
      const { path: route = 'none' } = (request.route ?? {}) as { readonly path?: string };
      const method = METHODS.has(request.method) ? request.method : 'other';
      const status = response.headersSent ? `${Math.floor(response.statusCode / 100)}xx` : 'closed';
      answered.inc({ route, method, status });
      seconds.observe({ route, method }, (performance.now() - started) / 1000);
    });
    next();
  };
