import type { ArchivedRun } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { formatSeconds } from '../print/duration.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { type ArchiveFlags, archiveQuery, nothingArchived } from './archive-filter.ts';

export interface ArchiveRunsFlags extends ArchiveFlags {
  readonly limit: string;
}

/** The receiver's own limit of a page. */
const PAGE = 500;
const HEAD = ['Run', 'Workflow', 'Succeeded', 'Reason', 'Commit', 'Signer', 'Started', 'Took'];

/** `proviso archive runs`: finished runs, also those that left the cluster, the newest first. */
export async function archiveRuns(session: Session, flags: ArchiveRunsFlags): Promise<number> {
  const query = archiveQuery(session, flags);
  const { items, more } = await fetchRuns(session, query, countOf(flags.limit));
  printResult(session, { items, more }, () => {
    if (items.length === 0) return nothingArchived(query);
    const rows = items.map((run) => [
      query.namespace === undefined ? `${run.namespace}/${run.run}` : run.run,
      run.workflow,
      run.succeeded,
      run.reason,
      plain(run.commit ?? '').slice(0, 12),
      plain(run.signer ?? ''),
      run.startTime,
      formatSeconds(run.seconds),
    ]);
    const table = formatTable(session.io, HEAD, rows);
    return more ? `${table}\nThere are more: give a greater --limit, or ask for less.` : table;
  });
  return EXIT.ok;
}

async function fetchRuns(
  session: Session,
  query: Readonly<Record<string, string>>,
  count: number,
): Promise<{ readonly items: readonly ArchivedRun[]; readonly more: boolean }> {
  const items: ArchivedRun[] = [];
  let cursor: string | undefined;
  do {
    const limit = String(Math.min(PAGE, count - items.length));
    const page = await session
      .receiver()
      .archivedRuns({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < count);
  return { items, more: cursor !== undefined };
}

function countOf(limit: string): number {
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit);
  throw new Problem('usage', `--limit '${limit}' is not a whole number from 1`);
}
