import { KIND } from '../api/kinds.ts';
import { isFinished } from '../api/run-verdict.ts';
import type { RecordedWaiver, Workflow, WorkflowRun } from '../api/types.gen.ts';
import { completeness } from '../contract/completeness.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { PolicyFacts } from '../contract/policy-verdict.ts';
import { type HeldWaiver, type Waivable, waiversFor } from '../contract/waivers.ts';
import type { ReceiverContext } from './context.ts';

/** What is waived for one run at one time. */
export interface Exceptions {
  /** The Waiver that excuses it; undefined where none does. */
  readonly of: (what: Waivable) => HeldWaiver | undefined;
  /** The name of the one that excuses what a policy objects to. */
  readonly waiverFor: PolicyFacts['waiverFor'];
  /** Those that were asked for and found, each once, as the status of the run has them. */
  readonly used: () => readonly RecordedWaiver[];
}

/** Nothing is waived. */
export const NO_EXCEPTIONS: Exceptions = { of: () => undefined, waiverFor: () => undefined, used: () => [] };

/** The Waivers that hold for a run, by the labels that its Workflow has now. One that was made anew under the name has no part in it. */
export async function exceptionsFor(
  { client, waivers }: Pick<ReceiverContext, 'client' | 'waivers'>,
  { metadata: { namespace = '' }, spec }: WorkflowRun,
  now: Date,
): Promise<Exceptions> {
  const there = waivers.byIndex('namespace', namespace);
  if (there.length === 0) return NO_EXCEPTIONS;
  const workflow = await client.find<Workflow>(KIND.Workflow, { namespace, name: spec.workflowRef.name });
  if (workflow?.metadata.uid !== spec.workflowRef.uid) return NO_EXCEPTIONS;
  const used = new Map<string, RecordedWaiver>();
  const of: Exceptions['of'] = (what) => {
    const [waiver] = waiversFor(there, what, workflow, now);
    if (waiver !== undefined) used.set(JSON.stringify([waiver.name, what]), recorded(waiver, what));
    return waiver;
  };
  return { of, waiverFor: (policy) => of(policy)?.name, used: () => [...used.values()] };
}

/** Those that matter to how a run stands with its contract: where nothing is missing, or its verdict has fallen, nobody is asked for any. */
export const exceptionsForMissing = async (
  context: Pick<ReceiverContext, 'client' | 'waivers'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  now: Date,
): Promise<Exceptions> =>
  isFinished(run) || completeness(contract, run.status?.materials ?? []).complete
    ? NO_EXCEPTIONS
    : exceptionsFor(context, run, now);

const recorded = (waiver: HeldWaiver, what: Waivable): RecordedWaiver => ({
  ...waiver,
  ...('material' in what ? what : { kind: what.kind, policy: what.name }),
});
