import { canonicalJson, sha256Hex } from '../api/canonical.ts';
import { KIND } from '../api/kinds.ts';
import { isSelected } from '../api/label-selector.ts';
import type { Workflow, WorkflowRun, WorkflowStatus } from '../api/types.gen.ts';
import { writeStatus } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import type { OperatorContext } from './context.ts';
import { endTimeOf, openOwedRun } from './owed-run.ts';
import type { OwnerKind } from './owner-outcome.ts';
import type { Owner } from './owner-watch.ts';
import { graceOf } from './run-pipeline.ts';

type Source = NonNullable<Workflow['spec']['source']>;
type Checked = NonNullable<WorkflowStatus['source']>;

/** Owns how far a source has been looked at and nothing else of a workflow. */
const SOURCE_MANAGER = 'proviso-source';
/** How often `checkedTime` moves; what ended since is gone through again after a restart. */
const ADVANCE_MS = 10 * 60_000;
/** Times of controllers are by their clocks, and reach us late. */
const SLACK_MS = 60_000;
/** A workflow that isn't ready can't have runs; that changes, and is tried again. */
const NOT_READY_MS = 15_000;
/** At once; the rest comes right after. */
const MAX_OPENED = 100;
/** Before the first list of the watch is in. */
const LISTING_MS = 2_000;

/** What is owed still, and from when on it is late. */
interface Pending {
  readonly owner: Owner;
  readonly dueAt: number;
  readonly endedAt: number;
}

/**
 * Finds the pipelines of a workflow's source that are over and never opened a run, and opens it for them once their grace is
 * over. `status.source.checkedTime` keeps it from doing so twice: a run is removed from the history only when its pipeline
 * ended before that, or is gone.
 */
export async function reconcileSource(context: OperatorContext, workflow: Workflow): Promise<ReconcileResult> {
  const { source } = workflow.spec;
  if (source === undefined) {
    if (workflow.status?.source !== undefined) await keep(context, workflow, undefined);
    return {};
  }
  const now = context.now().getTime();
  const checked = await ensureBegun(context, workflow, source, now);
  if (context.owners.standing(source.kind) !== 'watched') {
    return context.owners.standing(source.kind) === 'listing' ? { requeueAfterMs: LISTING_MS } : {};
  }
  const pending = pendingOf(context, workflow, source, Date.parse(checked.checkedTime));
  const late = pending.filter(({ dueAt }) => dueAt <= now);
  for (const { owner } of late.slice(0, MAX_OPENED)) {
    if (!(await openOwedRun(context, workflow, owner))) return { requeueAfterMs: NOT_READY_MS };
  }
  if (late.length > MAX_OPENED) return { requeueAfterMs: 0 };
  const early = pending.filter(({ dueAt }) => dueAt > now);
  await advance(context, workflow, checked, [...early, ...late], now);
  const next = Math.min(ADVANCE_MS, ...early.map(({ dueAt }) => dueAt - now));
  return { requeueAfterMs: Math.max(0, next) };
}

/** Whether a workflow's source has such pipelines with these labels. */
export const selects = ({ spec }: Workflow, kind: OwnerKind, labels: Owner['metadata']['labels']): boolean =>
  spec.source?.kind === kind && isSelected(spec.source.selector, labels);

/** Whether a finished run can be removed without its pipeline being taken for one that owes a run. */
export function isOver({ owners }: OperatorContext, workflow: Workflow, { metadata, spec }: WorkflowRun): boolean {
  const kind = workflow.spec.source?.kind;
  const uid = spec.identity.owner?.uid;
  if (kind === undefined || uid === undefined || owners.standing(kind) === 'absent') return true;
  // Until the watch shows what is there, nobody knows.
  if (owners.standing(kind) !== 'watched') return false;
  const owner = owners.find(kind, metadata.namespace ?? '', uid);
  if (owner === undefined) return true;
  const { checkedTime } = workflow.status?.source ?? {};
  return hasEnded(owner) && checkedTime !== undefined && Date.parse(endTimeOf(owner)) < Date.parse(checkedTime);
}

const hasEnded = ({ outcome }: Owner): boolean => outcome.status !== 'Unknown' || outcome.endTime !== undefined;

/** Those that are over, since the source was there, and have no run. */
function pendingOf(context: OperatorContext, workflow: Workflow, source: Source, since: number): readonly Pending[] {
  const { namespace = '' } = workflow.metadata;
  const { kind } = source;
  const isOwing = (owner: Owner): boolean =>
    selects(workflow, kind, owner.metadata.labels) && !hasRun(context, workflow, owner);
  const there = context.owners.inNamespace(kind, namespace).flatMap((owner): readonly Pending[] => {
    const { status } = owner.outcome;
    const endedAt = Date.parse(endTimeOf(owner));
    if (status === 'Unknown' || endedAt < since || !isOwing(owner)) return [];
    return [{ owner, endedAt, dueAt: endedAt + graceOf(workflow, status) * 1000 }];
  });
  // Their pods are gone with them, so nothing can come any more.
  const gone = context.owners.departed(kind, namespace).flatMap((owner): readonly Pending[] => {
    const endedAt = Date.parse(endTimeOf(owner));
    return endedAt < since || !isOwing(owner) ? [] : [{ owner, endedAt, dueAt: endedAt }];
  });
  return [...there, ...gone];
}

const hasRun = ({ stores }: OperatorContext, workflow: Workflow, { metadata }: Owner): boolean =>
  stores.runs
    .byIndex('owner', `${metadata.namespace}/${metadata.uid}`)
    .some(({ spec }) => spec.workflowRef.uid === workflow.metadata.uid);

/** From when on pipelines owe evidence: since there is a source of this kind with this selector. */
async function ensureBegun(
  context: OperatorContext,
  workflow: Workflow,
  source: Source,
  now: number,
): Promise<Checked> {
  const { kind, selector = {} } = source;
  const digest = `sha256:${sha256Hex(canonicalJson({ kind, selector }))}`;
  const known = workflow.status?.source;
  if (known?.digest === digest) return known;
  // Times of controllers have no fractions of seconds.
  const begun = { digest, checkedTime: timeOf(now - (now % 1000)) };
  await keep(context, workflow, begun);
  return begun;
}

async function advance(
  context: OperatorContext,
  workflow: Workflow,
  checked: Checked,
  pending: readonly Pending[],
  now: number,
): Promise<void> {
  const settled = now - graceOf(workflow, 'True') * 1000 - SLACK_MS;
  const until = Math.min(settled, ...pending.map(({ endedAt }) => endedAt));
  if (until - Date.parse(checked.checkedTime) < ADVANCE_MS) return;
  await keep(context, workflow, { ...checked, checkedTime: timeOf(until) });
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

const keep = (context: OperatorContext, workflow: Workflow, source: Checked | undefined): Promise<Workflow> =>
  writeStatus(context.client, KIND.Workflow, workflow, source === undefined ? {} : { source }, {
    fieldManager: SOURCE_MANAGER,
  });
