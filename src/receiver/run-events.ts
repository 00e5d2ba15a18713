import type { Condition } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import type { CompletenessMessage } from '../api/messages.ts';
import { Problem } from '../api/problem.ts';
import { REASON, RUN_REASON } from '../api/reasons.ts';
import type { RecordedMaterial, WorkflowRun } from '../api/types.gen.ts';
import { isObjection } from '../contract/policy-verdict.ts';
import type { EventFacts, EventRecorder } from '../kube/events.ts';

interface Told {
  readonly events: EventRecorder;
}

const tell = ({ events }: Told, run: WorkflowRun, facts: EventFacts): void =>
  events.record({ ...run, kind: KIND.WorkflowRun.kind }, facts);

/** A run was opened. */
export function tellOpened(context: Told, run: WorkflowRun): void {
  const { workflowRef, contract, identity, deadlineTime } = run.spec;
  const owed = `revision ${contract.revision} of the contract '${contract.name}' until ${deadlineTime}`;
  const note = `${identity.username} opened a run of the workflow '${workflowRef.name}', which owes ${owed}`;
  tell(context, run, { type: 'Normal', reason: REASON.RunOpened, action: 'OpenRun', note, isDetail: true });
}

/** A material was taken, whatever policies said of it. */
export function tellAdded(
  context: Told,
  run: WorkflowRun,
  material: RecordedMaterial,
  { present, required }: Pick<CompletenessMessage, 'present' | 'required'>,
): void {
  const { name, type, digest, size, replaced, policies = [] } = material;
  const objecting = policies.filter(isObjection).map(({ policy }) => policy);
  const said = objecting.length === 0 ? '' : `; objections of ${objecting.join(', ')}`;
  const what = `'${name}' (${type}, ${digest}, ${size} bytes)${replaced === undefined ? '' : ' replaced what was there'}`;
  tell(context, run, {
    type: objecting.length === 0 ? 'Normal' : 'Warning',
    ...{ reason: REASON.MaterialAdded, action: 'AddMaterial', isDetail: true },
    note: `${what}; ${present} of ${required} required materials are there${said}`,
  });
}

/** Those that are about who asks, or how often, and not about the material. */
const NOT_ITS_FAULT: ReadonlySet<number> = new Set([401, 403, 404, 408, 429]);

/** What was handed in was refused, if that is what the error says. */
export function tellRefused(context: Told, run: WorkflowRun, name: string, error: unknown): void {
  if (!(error instanceof Problem) || error.status >= 500 || NOT_ITS_FAULT.has(error.status)) return;
  const note = `'${name}': ${error.code}: ${error.message}`;
  tell(context, run, { type: 'Warning', reason: REASON.MaterialRefused, action: 'AddMaterial', note, isDetail: true });
}

/** The verdict of a run fell. */
export function tellVerdict(
  context: Told,
  run: WorkflowRun,
  { reason, message: note }: Pick<Condition, 'reason' | 'message'>,
  action: 'Verify' | 'Cancel',
): void {
  const type = reason === RUN_REASON.Accepted ? 'Normal' : 'Warning';
  tell(context, run, { type, reason, action, note });
}
