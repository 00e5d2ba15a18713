import type { InitRequest, RunMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { type OpeningFlags, openingRequest, openWithEnvironment, rememberOpened } from '../opening.ts';
import { formatRun } from '../print/run.ts';
import { printResult, rememberedRun, type Session } from '../session.ts';

export interface InitFlags extends OpeningFlags {
  readonly replace?: boolean;
  readonly dryRun?: boolean;
}

/** `proviso init`: opens a run and shows what it owes. Inside a pod the pipeline's own run is found or opened. */
export async function init(session: Session, flags: InitFlags): Promise<number> {
  const { io } = session;
  const request = {
    ...(await openingRequest(session, flags)),
    ...(flags.dryRun === true ? { dryRun: true } : {}),
  };
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
  rememberOpened(session, used, run);
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
