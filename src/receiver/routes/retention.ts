import type { Request, Response } from 'express';
import { KIND } from '../../api/kinds.ts';
import type { RetentionMessage } from '../../api/messages.ts';
import type { EvidenceStore } from '../../api/types.gen.ts';
import type { ReceiverContext } from '../context.ts';
import { isRebuilt, type RebuildOptions } from '../rebuild.ts';
import { type ExpiredOptions, type RetainingStore, retainingStores } from '../retention/expired.ts';
import { type RunReport, reportOn, type StoreReport } from '../retention/report.ts';
import { assertReadsAll } from '../run-access.ts';

const MAX_RUNS = 500;

/** `GET /v1/archive/retention`: what would be removed now, of all namespaces, so for who may see the runs of all. */
export const retentionRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  await assertReadsAll(context, await context.authenticate(request, response));
  const all = await context.client.list<EvidenceStore>(KIND.EvidenceStore);
  response.json(await context.archive.ask((database) => report({ ...context, database }, retainingStores(all))));
};

async function report(
  options: ExpiredOptions & RebuildOptions,
  all: readonly RetainingStore[],
): Promise<RetentionMessage> {
  const stores: StoreReport[] = [];
  const runs: RunReport[] = [];
  for (const store of all) {
    const found = await reportOn(options, store, MAX_RUNS - runs.length);
    stores.push(found.store);
    runs.push(...found.runs);
  }
  return { stores, runs, complete: await isRebuilt(options) };
}
