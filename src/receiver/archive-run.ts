import { Problem } from '../api/problem.ts';
import { eventsOf } from '../api/run-events.ts';
import { isArchived } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { writeEvents } from '../archive/outbox.ts';
import { documentOf, rowsOf } from '../archive/rows.ts';
import type { ArchiveDatabase } from '../archive/tables.ts';
import { archivedAs, archiveRun } from '../archive/write.ts';
import { keepRecord, type RecordWriter } from './archive-record.ts';
import type { Contracts } from './contracts.ts';

export interface RunKeeper extends RecordWriter {
  readonly contracts: Contracts;
  readonly database: ArchiveDatabase;
  /** Whether somebody may want to be told of the runs of a namespace. */
  readonly wantsEvents: (namespace: string) => boolean;
}

/**
 * Brings a finished run into the archive as it is given, unless it is there like that, and what is to be told of it with it. The
 * record first: an archive that has a run can get it back. A run that says that it is archived is being told of, unless the archive
 * has just lost it: then what was to be told may be lost too, and to tell it again does no harm. Throws what the database says, `store-unavailable` and `cluster-unavailable`.
 */
export async function keepRun(keeper: RunKeeper, run: WorkflowRun, now: Date): Promise<void> {
  const { database } = keeper;
  const { uid = '', namespace = '' } = run.metadata;
  const there = await archivedAs(database, uid);
  const isTold = isArchived(run) && (there !== undefined || !isRecent(run, now));
  const events = isTold || !keeper.wantsEvents(namespace) ? [] : eventsOf(run);
  if (there?.record_digest != null && there.document === documentOf(run)) {
    await writeEvents(database, { uid, namespace }, events);
    return;
  }
  const outputs = await outputsOf(keeper, run);
  const record = await keepRecord(keeper, run, outputs, after(there?.record_time, now));
  if (await archiveRun(database, rowsOf(run, outputs, record), events)) return;
  throw new Error('another receiver has archived the run in the meantime');
}

/** A day, in ms: nobody wants to be told again of all that ever was. */
const RECENT_MS = 86_400_000;

const isRecent = ({ status }: WorkflowRun, now: Date): boolean =>
  now.getTime() - Date.parse(status?.finishTime ?? '') < RECENT_MS;

/**
 * Of two records of a run the later one counts, and clocks go back: the one of this process, or from that of the receiver that
 * archived the run before to this one's.
 */
function after(earlier: string | null | undefined, now: Date): Date {
  return earlier == null ? now : new Date(Math.max(now.getTime(), Date.parse(earlier) + 1));
}

/** The products of a run; none if its contract can't be had any more. */
async function outputsOf({ contracts }: RunKeeper, { metadata, spec }: WorkflowRun): Promise<ReadonlySet<string>> {
  try {
    const { materials } = await contracts.get(metadata.namespace ?? '', spec.contract);
    return new Set(materials.filter(({ output }) => output).map(({ name }) => name));
  } catch (error) {
    if (error instanceof Problem) return new Set();
    throw error;
  }
}
