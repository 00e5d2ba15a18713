import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../api/problem.ts';
import { KubeError } from '../kube/error.ts';
import type { Logger } from '../telemetry/log.ts';

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
  (log: Logger) => (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') {
      // The client went away while it was answered; that is no error of ours, and nobody is there to be told.
      log.debug({ method: request.method, path: request.path }, 'Client went away');
      response.destroy();
      return;
    }
    const problem = toProblem(error);
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
    // The rest of a refused body isn't wanted; a client that still sends it gets the answer and then the end.
    if (!request.complete) response.set('connection', 'close');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem.toDocument()));
  };
