import { setTimeout as sleep } from 'node:timers/promises';
import { KIND } from '../../api/kinds.ts';
import { verdictOf } from '../../api/run-verdict.ts';
import type { Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { whileLeading } from '../../kube/leading.ts';
import type { ReceiverContext } from '../context.ts';
import type { PinnedContract } from '../open-run.ts';
import { judgeAgain } from './judge-again.ts';
import { recordCurrent } from './record.ts';

export interface KeepCurrentOptions {
  /** Proviso's own namespace, where the lease is. */
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** From one look to the next, in milliseconds; default 15 seconds. */
  readonly everyMs?: number;
}

const LEASE = 'proviso-reevaluation';
const EVERY_MS = 15_000;
const DEFAULT_RUNS = 10;

/**
 * Judges runs again whose Workflow asks for that, as soon as they owe another revision than they were last judged by. One receiver does
 * it at a time. A run that can't be judged now is tried again at the next look.
 */
export async function keepCurrent(context: ReceiverContext, options: KeepCurrentOptions): Promise<void> {
  const { namespace, signal, everyMs = EVERY_MS } = options;
  const { client, log } = context;
  const onError = (error: unknown): void => log.warn({ err: error }, 'Lease of the re-evaluation not renewed');
  await whileLeading({ client, namespace, name: LEASE, signal, onError }, async (over) => {
    while (!over.aborted) {
      await lookOnce(context, over).catch((error: unknown) => {
        if (!over.aborted) log.warn({ err: error }, 'Runs not judged again');
      });
      await sleep(everyMs, undefined, { signal: over }).catch(() => {});
    }
  });
}

async function lookOnce(context: ReceiverContext, over: AbortSignal): Promise<void> {
  // The API server picks them: there may be thousands of others.
  const options = { fieldSelector: 'spec.reevaluate.onChange=true' };
  for (const workflow of await context.client.list<Workflow>(KIND.Workflow, options)) {
    const pinned = workflow.status?.contract;
    if (pinned === undefined) continue;
    for (const run of staleRuns(context, workflow, pinned.digest)) {
      if (over.aborted) return;
      await judgeOne(context, run, pinned).catch((error: unknown) => {
        const { namespace, name } = run.metadata;
        context.log.warn({ err: error, namespace, run: name }, 'Run not judged again');
      });
    }
  }
}

/** The newest accepted runs of a workflow, as far as they were last judged by another revision. */
function staleRuns({ runs }: ReceiverContext, { metadata, spec }: Workflow, digest: string): readonly WorkflowRun[] {
  return runs
    .byIndex('namespace', metadata.namespace ?? '')
    .filter((run) => run.spec.workflowRef.uid === metadata.uid && verdictOf(run).status === 'True')
    .toSorted((a, b) => (finishOf(a) < finishOf(b) ? 1 : -1))
    .slice(0, spec.reevaluate?.runs ?? DEFAULT_RUNS)
    .filter((run) => (run.status?.current?.contract ?? run.spec.contract).digest !== digest);
}

const finishOf = ({ status }: WorkflowRun): string => status?.finishTime ?? '';

async function judgeOne(context: ReceiverContext, run: WorkflowRun, pinned: PinnedContract): Promise<void> {
  const contract = await context.contracts.get(run.metadata.namespace ?? '', pinned);
  // One at a time, so what it takes of memory is no matter of a budget.
  const reading = { reserve: () => {}, asker: { identity: LEASE } };
  const judged = await judgeAgain(context, run, { pinned, contract }, { now: new Date(), ...reading });
  await recordCurrent(context, run, judged);
}
