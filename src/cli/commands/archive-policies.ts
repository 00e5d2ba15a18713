import type { PolicyTotal } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { type ArchiveFlags, archiveQuery, nothingArchived } from './archive-filter.ts';

export interface ArchivePoliciesFlags extends ArchiveFlags {
  readonly period: string;
}

/** As many lines as the receiver tells at once. */
const LINES = 500;

/** `proviso archive policies`: how often each policy was asked, and what it said, the latest period first. */
export async function archivePolicies(session: Session, flags: ArchivePoliciesFlags): Promise<number> {
  const query = archiveQuery(session, flags);
  const totals = await session.receiver().policyTotals({ ...query, period: flags.period, limit: String(LINES) });
  printResult(session, totals, () => {
    if (totals.items.length === 0) return nothingArchived(query, 'that a policy was asked of');
    const columns = columnsOf(flags);
    const rows = totals.items.map((total) => columns.map(([, cell]) => cell(total)));
    const table = formatTable(
      session.io,
      columns.map(([title]) => title),
      rows,
    );
    const isCut = totals.items.length === LINES;
    return isCut ? `${table}\nThese are the latest ${LINES} lines; give --since, --until or a longer --period.` : table;
  });
  return EXIT.ok;
}

const COUNTS = ['runs', 'asked', 'passed', 'violated', 'skipped', 'failed', 'waived'] as const;

function columnsOf({ period, all }: ArchivePoliciesFlags): readonly (readonly [string, (of: PolicyTotal) => string])[] {
  return [
    ...(period === 'all' ? [] : [['Period', (total: PolicyTotal) => total.period] as const]),
    ...(all === true
      ? [['Namespace', ({ namespace }: PolicyTotal) => (namespace === '' ? '-' : namespace)] as const]
      : []),
    ['Policy', ({ policy }) => plain(policy)],
    ['Kind', ({ kind }) => kind],
    ...COUNTS.map((name) => [name, (total: PolicyTotal) => String(total[name])] as const),
  ];
}
