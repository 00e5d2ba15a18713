import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { InitRequest, RunMessage } from '../api/messages.ts';
import { Problem } from '../api/problem.ts';
import { boundPod } from './bound-pod.ts';
import { readGitHead } from './detect/git-head.ts';
import { detectRunner } from './detect/runner.ts';
import { rememberRun } from './run-memory.ts';
import type { Session } from './session.ts';
import { pairsOf } from './values.ts';

export interface OpeningFlags {
  readonly workflow?: string;
  readonly annotation: readonly string[];
  readonly idempotencyKey?: string;
}

/** What opens a run: the workflow, and what is known here of runner, commit and annotations. Throws `usage`. */
export async function openingRequest(session: Session, flags: OpeningFlags): Promise<InitRequest> {
  const { io } = session;
  const target = session.target();
  const workflow = flags.workflow ?? target.workflow;
  if (workflow === undefined) {
    throw new Problem('usage', 'it is not known which workflow this run is of', {
      hint: 'name it: proviso init --workflow NAME, or set PROVISO_WORKFLOW, or mount the Secret of the workflow',
    });
  }
  const commit = await readGitHead(io.cwd, io.env);
  return {
    workflow,
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    runner: detectRunner({ env: io.env, exists: existsSync }),
    ...(commit === undefined ? {} : { commit }),
    annotations: pairsOf('--annotation', flags.annotation),
    // A key of one's own makes it safe to send the request again when the answer got lost.
    idempotencyKey: flags.idempotencyKey ?? randomUUID(),
  };
}

const VARIABLE = /^\/environment\/(.+)$/;

/** Opens; if the contract allow-lists variables, sends exactly those and nothing else of the environment. */
export async function openWithEnvironment(session: Session, request: InitRequest): Promise<RunMessage> {
  try {
    return await session.receiver().open(request);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'env-missing') throw error;
    const names = error.errors.flatMap(({ at }) => VARIABLE.exec(at ?? '')?.[1] ?? []);
    const set = names.filter((name) => session.io.env[name]);
    if (set.length < names.length || names.length === 0) throw missing(names.filter((name) => !set.includes(name)));
    const environment = Object.fromEntries(names.map((name) => [name, session.io.env[name] ?? '']));
    return session.receiver().open({ ...request, environment });
  }
}

const missing = (names: readonly string[]): Problem =>
  new Problem('env-missing', `the contract asks for variables that are not set here: ${names.join(', ')}`, {
    errors: names.map((name) => ({ at: name, message: 'must be set where the run is opened' })),
    hint: 'set them in the step that opens the run: with proviso init, or in a pod with whatever comes first',
  });

/** Notes the run for the commands after this one. */
export function rememberOpened(session: Session, request: InitRequest, run: RunMessage): void {
  const pod = boundPod(session)?.uid;
  rememberRun(session.io.cwd, {
    endpoint: session.configuration().endpoint.origin,
    namespace: run.namespace,
    run: run.run,
    workflow: run.workflow,
    ...(request.idempotencyKey === undefined ? {} : { runKey: request.idempotencyKey }),
    ...(request.commit === undefined ? {} : { commit: request.commit.sha }),
    ...(pod === undefined ? {} : { pod }),
    ...(session.traceparent === undefined ? {} : { trace: session.traceparent }),
    contract: run.contract,
  });
}
