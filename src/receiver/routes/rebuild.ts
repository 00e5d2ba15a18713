import type { Request, Response } from 'express';
import { KIND } from '../../api/kinds.ts';
import type { RebuildMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import type { EvidenceStore } from '../../api/types.gen.ts';
import { forgetRead, listReadStores } from '../../archive/read-stores.ts';
import type { ReceiverContext } from '../context.ts';

/** `POST /v1/archive/rebuild`: has every evidence store looked through for archive records, by the receiver that archives. */
export const rebuildRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  await assertPermitted(context, request, response);
  await context.archive.ask(forgetRead);
  response.status(202).json(await progress(context));
};

/** `GET /v1/archive/rebuild`: what came of it so far. */
export const rebuildProgressRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  await assertPermitted(context, request, response);
  response.json(await progress(context));
};

async function assertPermitted(context: ReceiverContext, request: Request, response: Response): Promise<void> {
  const { caller } = await context.authenticate(request, response);
  if (await context.access.mayRebuild(caller)) return;
  throw new Problem('rebuild-forbidden', `'${caller.username}' may not have the archive rebuilt`, {
    hint: "get the verb 'rebuild' on evidencestores.proviso.dev, by a ClusterRoleBinding",
  });
}

async function progress({ archive, client }: ReceiverContext): Promise<RebuildMessage> {
  const read = new Map((await archive.ask(listReadStores)).map((each) => [each.uid, each]));
  const stores = await client.list<EvidenceStore>(KIND.EvidenceStore);
  return {
    stores: stores.map(({ metadata }) => {
      const found = read.get(metadata.uid ?? '');
      if (found === undefined) return { name: metadata.name };
      const { name, time, archived, present, refused } = found;
      return { name, time, archived, present, refused };
    }),
  };
}
