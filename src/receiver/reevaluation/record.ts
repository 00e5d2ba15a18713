import { KIND } from '../../api/kinds.ts';
import { CURRENT_REASON } from '../../api/reasons.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { writeStatus } from '../../kube/apply.ts';
import type { ReceiverContext } from '../context.ts';
import { currentStatus, type JudgedAgain } from './judge-again.ts';

const MANAGER = 'proviso-current';
/** What somebody should hear of. */
const BAD: ReadonlySet<string> = new Set([CURRENT_REASON.Violated, CURRENT_REASON.Incomplete]);

/** Writes what a run would come to now, and tells of it where that isn't well. */
export async function recordCurrent(
  { client, events }: Pick<ReceiverContext, 'client' | 'events'>,
  run: WorkflowRun,
  judged: JudgedAgain,
): Promise<WorkflowRun> {
  const written = await writeStatus(client, KIND.WorkflowRun, run, currentStatus(run, judged), {
    fieldManager: MANAGER,
  });
  const { reason, message: note } = judged.claim;
  if (BAD.has(reason)) {
    const facts = { type: 'Warning', reason, action: 'Reevaluate', note } as const;
    events.record({ ...written, kind: KIND.WorkflowRun.kind }, facts);
  }
  return written;
}
