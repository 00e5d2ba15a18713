import type { RunMessage } from '../api/messages.ts';
import { Problem } from '../api/problem.ts';
import { boundPod } from './bound-pod.ts';
import type { RunRef } from './client/receiver.ts';
import { openingRequest, openWithEnvironment, rememberOpened } from './opening.ts';
import { currentRun, rememberedRun, type Session } from './session.ts';

/**
 * The run that is handed in to. In a pod of a workflow that is known it is that of the pipeline, found or opened as init
 * would: what is remembered counts only from this very pod, since a directory may be left over from an earlier pipeline.
 * Elsewhere it is the current run. Throws `no-run`, and what init does.
 */
export async function submittedRun(session: Session): Promise<RunRef> {
  const { env } = session.io;
  const pod = env.PROVISO_RUN ? undefined : boundPod(session);
  const { workflow, namespace } = session.target();
  if (pod === undefined || workflow === undefined || (namespace ?? pod.namespace) !== pod.namespace) {
    return currentRun(session);
  }
  const known = rememberedRun(session);
  if (known?.pod === pod.uid) return known;
  const request = await openingRequest(session, { annotation: [] });
  const run = await openWithEnvironment(session, request).catch(withAdvice);
  session.io.err(`found or opened ${run.namespace}/${run.run}, the run of ${ownerText(run)}`);
  try {
    rememberOpened(session, request, run);
  } catch (error) {
    // Steps may run where nothing can be written; then the receiver is asked again the next time.
    if (!isReadOnly(error)) throw error;
  }
  return run;
}

const ownerText = ({ owner }: RunMessage): string =>
  owner === undefined ? 'this pod' : `the ${owner.kind} ${owner.name}`;

const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);
const isReadOnly = (error: unknown): boolean => READ_ONLY.has((error as NodeJS.ErrnoException).code ?? '');

function withAdvice(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'material-annotation') throw error;
  throw new Problem(error.code, error.message, {
    errors: error.errors,
    hint: 'the contract asks for annotations of the run: type proviso init --annotation NAME=VALUE first',
    cause: error,
  });
}
