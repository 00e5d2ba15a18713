import { KIND } from '../api/kinds.ts';
import type { Problem } from '../api/problem.ts';
import { REASON } from '../api/reasons.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { isStatus } from '../kube/error.ts';
import type { ReceiverContext } from './context.ts';

const MANAGER = 'proviso-refusals';
const MAX_TRIES = 5;
const MAX_MESSAGE = 4096;

/** Counts a refused push on the run and tells of it; the run stays open. What fails here doesn't change the answer. */
export async function countRefusal(context: ReceiverContext, judged: WorkflowRun, problem: Problem): Promise<void> {
  const facts = { type: 'Warning', reason: REASON.PushRefused, action: 'Verify', isDetail: true } as const;
  context.events.record(
    { ...judged, kind: KIND.WorkflowRun.kind },
    { ...facts, note: `${problem.code}: ${problem.message}` },
  );
  const { name, namespace, uid } = judged.metadata;
  const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
  const last = { code: problem.code, message: problem.message.slice(0, MAX_MESSAGE), time: new Date().toISOString() };
  let run: WorkflowRun | undefined = judged;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const count = (run.status?.refusals?.count ?? 0) + 1;
    const patch = {
      metadata: { uid, resourceVersion: run.metadata.resourceVersion },
      status: { refusals: { count, last } },
    };
    try {
      await context.client.mergePatch(KIND.WorkflowRun, ref, patch, { fieldManager: MANAGER, subresource: 'status' });
      return;
    } catch (error) {
      if (!isStatus(error, 409)) {
        context.log.warn({ namespace, run: name, err: error }, 'Refusal not counted');
        return;
      }
    }
    run = await context.client.find<WorkflowRun>(KIND.WorkflowRun, ref).catch(() => undefined);
    if (run === undefined) return;
  }
}
