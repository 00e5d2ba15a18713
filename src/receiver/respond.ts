import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../api/problem.ts';
import { KubeError } from '../kube/error.ts';
import type { Logger } from '../telemetry/log.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import { decided } from './audit.ts';

/** Any error as the refusal that the caller sees; what it may not see is only logged. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof KubeError) {
    const busy = error.code === 0 || error.code === 429 || error.code >= 500;
    if (busy) {
      const retryAfter = error.retryAfter ?? 2;
      return new Problem('cluster-unavailable', 'the API server did not answer', { retryAfter, cause: error });
    }
    if (error.code === 401 || error.code === 403) {
      const hint = 'the roles of the receiver are incomplete: apply config/rbac';
      return new Problem('cluster-unavailable', 'the receiver lacks a right in the cluster', {
        hint,
        cause: error,
        retryAfter: 5,
      });
    }
  }
  const status = (error as { status?: unknown }).status;
  if (status === 400) return new Problem('request-invalid', 'the request can not be read', { cause: error });
  return new Problem('internal', 'an error inside the receiver; its log says more', { cause: error });
}

/** Answers every error with a problem document of RFC 9457. */
export const problemHandler =
  (log: Logger, metrics: Pick<RequestMetrics, 'refused'>) =>
  (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') {
      // The client went away while it was answered; that is no error of ours, and nobody is there to be told.
      log.debug({ method: request.method, path: request.path }, 'Client went away');
      response.destroy();
      return;
    }
    const problem = toProblem(error);
    decided(response, { code: problem.code });
    metrics.refused(problem.code);
    const level = problem.status >= 500 ? 'error' : 'info';
    const facts = { method: request.method, path: request.path, code: problem.code, status: problem.status };
    log[level](
      level === 'error' ? { ...facts, err: problem } : { ...facts, detail: problem.message },
      'Request refused',
    );
    if (response.headersSent) {
      // Too late for another answer: an ended connection tells the client that this one isn't whole.
      response.destroy();
      return;
    }
    if (problem.status === 401) response.set('www-authenticate', 'Bearer');
    if (problem.retryAfter !== undefined) response.set('retry-after', String(Math.ceil(problem.retryAfter)));
    const body = Buffer.from(JSON.stringify(problem.toDocument()));
    response
      .status(problem.status)
      .type('application/problem+json; charset=utf-8')
      .set('content-length', String(body.length));
    if (request.complete) response.end(body);
    else answerAndLinger(request, response, body);
  };

/** How long the rest of a refused body is still taken off the line. */
const LINGER_MS = 1_000;

/**
 * The rest of a refused body isn't wanted. But a connection that is closed on a client that still sends is reset, and the
 * answer with it; so the answer goes out whole, what still comes is thrown away for a moment, and only then is the end.
 */
function answerAndLinger(request: Request, response: Response, body: Buffer): void {
  response.set('connection', 'close');
  response.write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).on('error', end).resume();
}
