import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { InitRequest, RunMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { readGitHead } from '../detect/git-head.ts';
import { detectRunner } from '../detect/runner.ts';
import { EXIT } from '../exit-code.ts';
import { formatRun } from '../print/run.ts';
import { rememberRun } from '../run-memory.ts';
import { printResult, rememberedRun, type Session } from '../session.ts';
import { pairsOf } from '../values.ts';

export interface InitFlags {
  readonly workflow?: string;
  readonly annotation: readonly string[];
  readonly replace?: boolean;
  readonly idempotencyKey?: string;
  readonly dryRun?: boolean;
}

/** `proviso init`: opens a run and shows what it owes. Inside a pod the pipeline's own run is found or opened. */
export async function init(session: Session, flags: InitFlags): Promise<number> {
  const { io } = session;
  const request = await requestOf(session, flags);
  const run = flags.dryRun === true ? await openWithEnvironment(session, request) : await open(session, flags, request);
  printResult(session, run, () => formatRun(io, run));
  return EXIT.ok;
}

/**
 * Opens with the key of the run that was opened here before, if it was for the same workflow and commit: the receiver
 * answers with that run, but in a pod with the one of its pipeline, whatever an earlier pipeline left in the directory.
 */
async function open(session: Session, flags: InitFlags, request: InitRequest): Promise<RunMessage> {
  const known = flags.replace === true || flags.idempotencyKey !== undefined ? undefined : rememberedRun(session);
  const isSame = known?.workflow === request.workflow && known.commit === request.commit?.sha;
  let used: InitRequest = isSame && known.runKey !== undefined ? { ...request, idempotencyKey: known.runKey } : request;
  let run = await openWithEnvironment(session, used);
  if (run.succeeded !== 'Unknown' && used !== request) {
    used = request;
    run = await openWithEnvironment(session, used);
  }
  remember(session, used, run);
  if (run.succeeded !== 'Unknown') {
    throw new Problem('run-finished', `the run ${run.namespace}/${run.run} is over: ${run.reason}. ${run.message}`, {
      hint: nextRunHint(run),
    });
  }
  const note = noteOnFound(run, known?.run === run.run, flags);
  if (note !== undefined) session.io.err(note);
  return run;
}

/** How to get another run. Of a pipeline in the cluster its owner is the key, and no flag changes that. */
const nextRunHint = ({ owner }: RunMessage): string =>
  owner === undefined
    ? 'give another key with --idempotency-key'
    : `this is the one run of the ${owner.kind} ${owner.name}: start a new ${owner.kind}`;

function noteOnFound({ namespace, run, owner }: RunMessage, isKnown: boolean, flags: InitFlags): string | undefined {
  const isAsked = flags.replace === true || flags.idempotencyKey !== undefined;
  if (owner !== undefined) {
    return isAsked
      ? `${namespace}/${run} is the one run of the ${owner.kind} ${owner.name}; --replace and --idempotency-key change nothing in its pods`
      : undefined;
  }
  return isKnown ? `the run ${namespace}/${run} was opened here before; --replace opens a new one` : undefined;
}

async function requestOf(session: Session, flags: InitFlags): Promise<InitRequest> {
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
    ...(flags.dryRun === true ? { dryRun: true } : {}),
  };
}

const VARIABLE = /^\/environment\/(.+)$/;

/** Opens; if the contract allow-lists variables, sends exactly those and nothing else of the environment. */
async function openWithEnvironment(session: Session, request: InitRequest): Promise<RunMessage> {
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
    errors: names.map((name) => ({ at: name, message: 'must be set where proviso init runs' })),
    hint: 'set them in the step that runs proviso init',
  });

function remember(session: Session, request: InitRequest, run: RunMessage): void {
  rememberRun(session.io.cwd, {
    endpoint: session.configuration().endpoint.origin,
    namespace: run.namespace,
    run: run.run,
    workflow: run.workflow,
    ...(request.idempotencyKey === undefined ? {} : { runKey: request.idempotencyKey }),
    ...(request.commit === undefined ? {} : { commit: request.commit.sha }),
    contract: run.contract,
  });
}
