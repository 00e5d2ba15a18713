import type { Request, Response } from 'express';
import { KIND } from '../../api/kinds.ts';
import type { EvaluationMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { isFinished, verdictOf } from '../../api/run-verdict.ts';
import type { Workflow } from '../../api/types.gen.ts';
import type { ReceiverContext } from '../context.ts';
import { pinnedContract } from '../open-run.ts';
import { judgeAgain } from '../reevaluation/judge-again.ts';
import { recordCurrent } from '../reevaluation/record.ts';
import { reserveFor } from '../reserve.ts';
import { runForReader } from '../run-access.ts';
import { flag, param } from './params.ts';

/**
 * `POST …/runs/{run}/evaluation`: judges a run that is over by what is in force now, and writes that on it, but with `dryRun`. Nothing of it
 * is the caller's word, so whoever may see the run may ask.
 */
export const evaluationRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const namespace = param(request, 'namespace');
  const run = await runForReader(context, authenticated, namespace, param(request, 'run'));
  if (!isFinished(run)) {
    throw new Problem('run-open', `the run '${run.metadata.name}' has no verdict yet`, {
      hint: 'it is judged when it is pushed; see what policies said so far with: proviso status',
    });
  }
  const { name, uid } = run.spec.workflowRef;
  const workflow = await context.client.find<Workflow>(KIND.Workflow, { namespace, name });
  if (workflow?.metadata.uid !== uid) {
    throw new Problem(
      'workflow-not-found',
      `the workflow '${name}' that the run was of is gone, and its contract with it`,
    );
  }
  const pinned = pinnedContract(workflow);
  const contract = await context.contracts.get(namespace, pinned);
  const asker = { identity: authenticated.caller.username, response };
  const reading = { reserve: reserveFor(context, authenticated.caller, response), asker };
  const judged = await judgeAgain(context, run, { pinned, contract }, { now: new Date(), ...reading });
  if (!flag(request, 'dryRun')) await recordCurrent(context, run, judged);
  const { status, reason, message } = judged.claim;
  const was = verdictOf(run);
  const answer: EvaluationMessage = {
    ...{ namespace, run: run.metadata.name, workflow: name },
    was: { succeeded: was.status, reason: was.reason, revision: run.spec.contract.revision },
    ...{ isCurrent: status === 'True', reason, message, current: judged.current },
  };
  response.json(answer);
};
