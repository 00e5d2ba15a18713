import type { PolicyTotal } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { type Columns, formatTotals, MAX_LINES } from '../print/totals.ts';
import { printResult, type Session } from '../session.ts';
import { type ArchiveFlags, archiveQuery, nothingArchived } from './archive-filter.ts';

export interface ArchivePoliciesFlags extends ArchiveFlags {
  readonly period: string;
}

/** `proviso archive policies`: how often each policy was asked, and what it said, the latest period first. */
export async function archivePolicies(session: Session, flags: ArchivePoliciesFlags): Promise<number> {
  const query = archiveQuery(session, flags);
  const totals = await session.receiver().policyTotals({ ...query, period: flags.period, limit: String(MAX_LINES) });
  printResult(session, totals, () => {
    if (totals.items.length === 0) return nothingArchived(query, 'that a policy was asked of');
    return formatTotals(session.io, columnsOf(flags), totals.items);
  });
  return EXIT.ok;
}

const COUNTS = ['runs', 'asked', 'passed', 'violated', 'skipped', 'failed', 'waived'] as const;

function columnsOf({ period, all }: ArchivePoliciesFlags): Columns<PolicyTotal> {
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
