import { CONDITION, findCondition } from '../../api/conditions.ts';
import type { ArchiveTotal } from '../../api/messages.ts';
import { isArchived, isFinished, verdictOf } from '../../api/run-verdict.ts';
import type { Waiver, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { addDays, dayOf, daysBetween, sumOf } from './days.ts';
import { gapsOf, standingOf } from './gaps.ts';
import type { DayTally, Gap, Report, TeamLine, WaiverLine, WorkflowLine } from './model.ts';

/** What was seen. */
export interface Sight {
  readonly workflows: readonly Workflow[];
  readonly runs: readonly WorkflowRun[];
  readonly waivers: readonly Waiver[];
  /** Of archived runs by workflow and day, as far as the archive may be read; empty where it may not. */
  readonly archived: readonly ArchiveTotal[];
  readonly unseen: readonly string[];
}

export type Frame = Pick<Report, 'namespace' | 'time' | 'from' | 'to' | 'version'>;

/** The report about what was seen. Lists are in the order of their names, gaps as their workflows. */
export function makeReport(frame: Frame, sight: Sight): Report {
  const days = daysBetween(frame.from, frame.to);
  const runsOf = Map.groupBy(sight.runs, ({ metadata, spec }) => keyOf(metadata.namespace, spec.workflowRef.name));
  const archivedOf = Map.groupBy(sight.archived, ({ namespace, of }) => keyOf(namespace, of));
  const known = new Map(sight.workflows.map((each) => [keyOf(each.metadata.namespace, each.metadata.name), each]));
  const made = [...new Set([...known.keys(), ...archivedOf.keys()])].sort().map((key) => {
    const facts = { runs: runsOf.get(key) ?? [], archived: archivedOf.get(key) ?? [], days };
    return lineOf(key, known.get(key), facts);
  });
  const workflows = made.map(({ line }) => line);
  const there = workflows.filter(({ exists }) => exists);
  return {
    ...frame,
    totals: {
      ...sumOf(workflows),
      running: workflows.reduce((sum, { running }) => sum + running, 0),
      workflows: there.length,
      compliant: there.filter(isCompliant).length,
    },
    days: addDays(
      days,
      workflows.map((line) => line.days),
    ),
    teams: teamsOf(workflows, days),
    workflows,
    gaps: made.flatMap(({ gaps }) => gaps),
    waivers: sight.waivers.map(waiverLine).sort((a, b) => (a.expires < b.expires ? -1 : 1)),
    unseen: sight.unseen,
  };
}

const keyOf = (namespace = '', name: string): string => `${namespace}/${name}`;

const isCompliant = ({ standing }: WorkflowLine): boolean => standing === 'Met' || standing === 'Waived';

interface Facts {
  readonly runs: readonly WorkflowRun[];
  readonly archived: readonly ArchiveTotal[];
  readonly days: readonly string[];
}

function lineOf(key: string, workflow: Workflow | undefined, facts: Facts) {
  const [namespace = '', name = ''] = key.split('/');
  const finished = facts.runs.filter(isFinished);
  const latest = finished.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).at(-1);
  const gaps: readonly Gap[] = workflow === undefined ? [] : gapsOf(workflow, latest);
  const days = facts.days.map((day) => tallyOf(day, finished, facts.archived));
  const line: WorkflowLine = {
    ...{ namespace, name, team: workflow?.spec.team ?? '', project: workflow?.spec.project ?? '' },
    ...sumOf(days),
    days,
    running: facts.runs.length - finished.length,
    standing: standingOf(gaps, latest),
    ...(latest === undefined
      ? {}
      : { last: { run: latest.metadata.name, reason: verdictOf(latest).reason, time: timeOf(latest) } }),
    exists: workflow !== undefined,
  };
  return { line, gaps };
}

const timeOf = ({ status, metadata }: WorkflowRun): string => status?.finishTime ?? metadata.creationTimestamp ?? '';

/**
 * A day of a workflow. The archive has what was archived, the cluster what wasn't yet; where the archive may not be read, or
 * has forgotten more than the cluster, the cluster has more.
 */
function tallyOf(day: string, finished: readonly WorkflowRun[], archived: readonly ArchiveTotal[]): DayTally {
  const ofDay = finished.filter(({ status, metadata }) => {
    const started = status?.startTime ?? metadata.creationTimestamp;
    return started !== undefined && dayOf(started) === day;
  });
  const kept = sumOf(
    archived.filter(({ period }) => period === day).map(({ accepted, failed }) => ({ accepted, refused: failed })),
  );
  const count = (runs: readonly WorkflowRun[]) => {
    const accepted = runs.filter((run) => verdictOf(run).status === 'True').length;
    return { accepted, refused: runs.length - accepted };
  };
  const [here, fresh] = [count(ofDay), count(ofDay.filter((run) => !isArchived(run)))];
  return {
    day,
    accepted: Math.max(here.accepted, kept.accepted + fresh.accepted),
    refused: Math.max(here.refused, kept.refused + fresh.refused),
  };
}

function teamsOf(workflows: readonly WorkflowLine[], days: readonly string[]): readonly TeamLine[] {
  const there = Map.groupBy(
    workflows.filter(({ exists }) => exists),
    ({ team }) => team,
  );
  return [...there]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([team, lines]) => ({
      team,
      workflows: lines.length,
      compliant: lines.filter(isCompliant).length,
      ...sumOf(lines),
      days: addDays(
        days,
        lines.map((line) => line.days),
      ),
    }));
}

function waiverLine({ metadata, spec, status }: Waiver): WaiverLine {
  const active = findCondition(status?.conditions, CONDITION.Active);
  const waives = spec.material === undefined ? `${spec.policy?.kind ?? 'Policy'}/${spec.policy?.name ?? ''}` : '';
  return {
    ...{ namespace: metadata.namespace ?? '', name: metadata.name, owner: spec.owner, reason: spec.reason },
    waives: waives === '' ? `material/${spec.material}` : waives,
    workflows: status?.workflows ?? 0,
    approvedBy: spec.approvedBy ?? '',
    expires: spec.expires,
    isActive: active?.status === 'True',
    state: active?.reason ?? 'Unknown',
  };
}
