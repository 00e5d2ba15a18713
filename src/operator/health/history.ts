import { isFinished, verdictOf } from '../../api/run-verdict.ts';
import type { RecordedSigner, WorkflowRun, WorkflowStatus } from '../../api/types.gen.ts';
import { endOf } from '../counters.ts';

export type Statistics = NonNullable<WorkflowStatus['statistics']>;
type RecentRun = Statistics['recentRuns'][number];

/** How many runs figures are taken from, and how many before a run it is compared with. */
export const SAMPLE = 20;

interface Ended {
  readonly name: string;
  readonly finishTime: string;
  /** When its verdict fell, in milliseconds. */
  readonly end: number;
}

/** A run that has its verdict. */
export type FinishedRun = RecentRun & Ended;

/** What an accepted run is told from others by. */
export interface AcceptedRun extends Ended {
  /** From init to verdict; absent where it isn't known when it was opened. */
  readonly seconds?: number;
  /** Who signed, by what tells signers apart, with what people call them. */
  readonly signers: ReadonlyMap<string, string>;
  readonly runner: string;
  readonly materials: ReadonlySet<string>;
}

/** What is known of the runs of a workflow, each list with the newest first. */
export interface History {
  /** Those in the cluster and those that the status remembers. */
  readonly finished: readonly FinishedRun[];
  /** Twice the sample, so that each of the newest can be compared with as many before it; those in the cluster only. */
  readonly accepted: readonly AcceptedRun[];
  /** The last one ever, in the cluster or not. */
  readonly lastAccepted?: NonNullable<Statistics['lastAccepted']>;
}

/** What clocks may differ by. A run that finished later than now by more doesn't hide that none has come since. */
const MAX_SKEW_MS = 300_000;

/** Brings the runs in the cluster together with what an earlier status says of those that were removed. */
export function readHistory(runs: readonly WorkflowRun[], before: Statistics | undefined, now: number): History {
  const remembered = new Map((before?.recentRuns ?? []).map((each) => [identityOf(each), each]));
  const present = runs.filter(isFinished).map((run) => ({ run, fact: factOf(run) }));
  for (const { fact } of present) remembered.delete(identityOf(fact));
  const gone = [...remembered.values()].map((each) => ({ run: undefined, fact: timed(each) }));
  const ended = [...present, ...gone].toSorted((a, b) => newestFirst(a.fact, b.fact));
  const finished = ended.map(({ fact }) => fact);
  const accepted = ended.filter(({ run, fact }) => run !== undefined && fact.accepted).slice(0, 2 * SAMPLE);
  const isPast = ({ end }: Ended): boolean => end <= now + MAX_SKEW_MS;
  const newest = finished.filter((run) => run.accepted && isPast(run)).slice(0, 1);
  const last = [...newest, ...lastOf(before).filter(isPast)].toSorted(newestFirst)[0];
  return {
    finished,
    accepted: accepted.flatMap(({ run, fact }) => (run === undefined ? [] : [traitsOf(run, fact)])),
    ...(last === undefined ? {} : { lastAccepted: { name: last.name, finishTime: last.finishTime } }),
  };
}

/** A run that was made anew under the name of one that was deleted is another one. */
const identityOf = ({ name, finishTime }: RecentRun): string => `${finishTime} ${name}`;

const timed = <T extends { readonly finishTime: string }>(run: T): T & { readonly end: number } => ({
  ...run,
  end: Date.parse(run.finishTime) || 0,
});

const lastOf = (before: Statistics | undefined) =>
  before?.lastAccepted === undefined ? [] : [timed(before.lastAccepted)];

const newestFirst = (a: Ended, b: Ended): number => b.end - a.end || Number(a.name < b.name) - Number(a.name > b.name);

function factOf(run: WorkflowRun): FinishedRun {
  const { status, reason } = verdictOf(run);
  return timed({ name: run.metadata.name, result: reason, accepted: status === 'True', finishTime: endOf(run) });
}

function traitsOf({ spec, status }: WorkflowRun, { name, finishTime, end }: FinishedRun): AcceptedRun {
  const { signer, cosigners = [] } = status?.attestation ?? {};
  const start = Date.parse(status?.startTime ?? '');
  return {
    ...{ name, finishTime, end },
    ...(Number.isNaN(start) ? {} : { seconds: Math.max(0, (end - start) / 1000) }),
    signers: new Map((signer === undefined ? [] : [signer, ...cosigners]).map((each) => [keyOf(each), each.display])),
    // What a pipeline only claims is another runner than one that its token proves.
    runner: spec.runner.authenticated ? spec.runner.type : `${spec.runner.type} (claimed)`,
    materials: new Set((status?.materials ?? []).map((material) => material.name)),
  };
}

/** What tells signers apart: a certificate is good for one signature, so it is the identity in it that counts. */
const keyOf = ({ kind, fingerprint, issuer = '', identity = '' }: RecordedSigner): string =>
  kind === 'Key' ? fingerprint : JSON.stringify([issuer, identity]);
