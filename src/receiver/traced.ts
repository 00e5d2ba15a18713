import type { NextFunction, Request, Response } from 'express';
import { factsOfThis, working } from '../telemetry/facts.ts';
import { formatTraceparent, parseTraceparent } from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** What calls are named after, by method and the last part of the route; others are named by the route. */
const NAMES: Readonly<Record<string, string>> = {
  'POST /v1/runs': 'init',
  'PUT materials/:material': 'add',
  'GET statement': 'statement',
  'POST attestation': 'push',
};

/**
 * Has each request be part of its caller's trace, or of a new one. The answer says of which in `traceresponse`, and so does every line of
 * the log that is written for it.
 */
export const traced =
  (tracing: Tracing) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const { method } = request;
    const parent = parseTraceparent(request.headers.traceparent);
    const span = tracing.span(method, { kind: 'server', parent, attributes: { 'http.request.method': method } });
    response.set('traceresponse', formatTraceparent(span.context));
    working(span.context, {}, () => {
      const facts = factsOfThis();
      response.once('close', () => {
        const route = (request.route as { readonly path?: string } | undefined)?.path;
        if (route !== undefined) span.rename(nameOf(method, route));
        const { namespace, workflow, run } = facts();
        span.set({
          'http.response.status_code': response.statusCode,
          ...(route === undefined ? {} : { 'http.route': route }),
          ...(namespace === undefined ? {} : { 'k8s.namespace.name': namespace }),
          ...(workflow === undefined ? {} : { 'proviso.workflow': workflow }),
          ...(run === undefined ? {} : { 'proviso.run': run }),
        });
        // What a client did wrong is no failure of the server.
        span.end(response.statusCode >= 500 ? String(response.statusCode) : undefined);
      });
      next();
    });
  };

function nameOf(method: string, route: string): string {
  const last = /(materials\/:material|statement|attestation)$/.exec(route)?.[1];
  return NAMES[`${method} ${last ?? route}`] ?? `${method} ${route}`;
}
