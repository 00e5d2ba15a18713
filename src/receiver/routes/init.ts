import type { Request, Response } from 'express';
import type { InitRequest } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { homeOf } from '../auth/caller.ts';
import type { Authenticated } from '../auth/review.ts';
import { readJson } from '../body.ts';
import type { ReceiverContext } from '../context.ts';
import { findOrOpen, wantedRun } from '../find-run.ts';
import { pinnedContract, runToOpen } from '../open-run.ts';
import { policiesAtInit } from '../policies/at-init.ts';
import { reserveFor } from '../reserve.ts';
import { validated } from '../schemas.ts';
import { runMessage } from '../state.ts';

/** `POST /v1/runs`: opens a run, or finds the one that is open already for this pipeline or key. */
export const initRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const { caller } = authenticated;
  const body = validated<InitRequest>('InitRequest', await readJson(request, reserveFor(context, caller, response)));
  const namespace = body.namespace ?? homeOf(caller);
  if (namespace === undefined) {
    const errors = [{ at: '/namespace', message: 'must be given, since the caller is no service account' }];
    throw new Problem('request-invalid', 'the namespace of the workflow is missing', { errors });
  }
  if (body.dryRun === true) {
    response.status(200).json(await wouldOpen(context, authenticated, body, namespace));
    return;
  }
  const { run, isNew } = await findOrOpen(context, authenticated, body, namespace);
  response.status(isNew ? 201 : 200).json(runMessage(run, await context.contracts.get(namespace, run.spec.contract)));
};

/** What would be answered; nothing is written. */
async function wouldOpen(
  context: ReceiverContext,
  authenticated: Authenticated,
  request: InitRequest,
  namespace: string,
): Promise<object> {
  const found = await wantedRun(context, authenticated, request, namespace);
  const contract = await context.contracts.get(namespace, pinnedContract(found.workflow));
  const { caller } = authenticated;
  const wanted = runToOpen({ ...found, request, contract, caller, now: new Date() });
  await (await policiesAtInit(context, wanted, contract, new Date())).stage?.discard();
  return { ...runMessage(wanted, contract), dryRun: true };
}
