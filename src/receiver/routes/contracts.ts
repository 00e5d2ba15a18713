import type { Request, Response } from 'express';
import type { RevisionListMessage, RevisionMessage } from '../../api/contract-messages.ts';
import { KIND } from '../../api/kinds.ts';
import { LABEL_CONTRACT } from '../../api/labels.ts';
import { Problem } from '../../api/problem.ts';
import type { Contract } from '../../api/types.gen.ts';
import { digestOf, revisionNameOf } from '../../contract/digest.ts';
import type { ReceiverContext } from '../context.ts';
import type { StoredRevision } from '../contracts.ts';
import { param } from './params.ts';

/** `GET /v1/namespaces/{ns}/contracts/{contract}/revisions` for whoever may get the contract: the newest first. */
export const contractRevisionsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller } = await context.authenticate(request, response);
  const [namespace, name] = [param(request, 'namespace'), param(request, 'contract')];
  if (!(await context.access.mayReadContract(caller, namespace, name))) {
    throw new Problem('read-forbidden', `'${caller.username}' may not read the contract '${name}' of '${namespace}'`, {
      hint: "get the verb 'get' on contracts.proviso.dev",
    });
  }
  const contract = await context.client.find<Contract>(KIND.Contract, { namespace, name });
  const revisions = await context.client.list<StoredRevision>(KIND.ControllerRevision, {
    namespace,
    labelSelector: `${LABEL_CONTRACT}=${name}`,
  });
  if (contract === undefined && revisions.length === 0) {
    throw new Problem('contract-not-found', `there is no contract '${name}' in '${namespace}'`);
  }
  const inForce = contract?.status?.revisionName;
  const answer: RevisionListMessage = {
    contract: name,
    items: revisions.toSorted((a, b) => b.revision - a.revision).map((each) => revisionMessage(name, each, inForce)),
  };
  response.json(answer);
};

function revisionMessage(contract: string, revision: StoredRevision, inForce: string | undefined): RevisionMessage {
  const { name: revisionName, creationTimestamp = '' } = revision.metadata;
  const digest = digestOf(revision.data);
  return {
    revision: revision.revision,
    revisionName,
    digest: digest ?? '',
    createdTime: creationTimestamp,
    inForce: revisionName === inForce,
    altered: digest === undefined || revisionNameOf(contract, digest) !== revisionName,
    contract: revision.data,
  };
}
