import type { TotalsMessage } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatSeconds } from '../print/duration.ts';
import { plain } from '../print/plain.ts';
import { type Columns, formatTotals, MAX_LINES } from '../print/totals.ts';
import { printResult, type Session } from '../session.ts';
import { type ArchiveFlags, archiveQuery, nothingArchived } from './archive-filter.ts';

export interface ArchiveTotalsFlags extends ArchiveFlags {
  readonly by: string;
  readonly period: string;
}

type Total = TotalsMessage['items'][number];

/** `proviso archive totals`: how many runs were accepted and failed, and how long they took, the latest period first. */
export async function archiveTotals(session: Session, flags: ArchiveTotalsFlags): Promise<number> {
  const query = archiveQuery(session, flags);
  const { by, period } = flags;
  const totals = await session.receiver().archiveTotals({ ...query, by, period, limit: String(MAX_LINES) });
  printResult(session, totals, () => {
    if (totals.items.length === 0) return nothingArchived(query);
    return formatTotals(session.io, columnsOf(flags), totals.items);
  });
  return EXIT.ok;
}

function columnsOf({ by, period, all }: ArchiveTotalsFlags): Columns<Total> {
  return [
    ...(period === 'all' ? [] : [['Period', (total: Total) => total.period] as const]),
    ...(all === true ? [['Namespace', (total: Total) => total.namespace] as const] : []),
    [by, ({ of }) => (of === '' ? '-' : plain(of))],
    ['Accepted', ({ accepted }) => String(accepted)],
    ['Failed', ({ failed }) => String(failed)],
    ['Rate %', ({ accepted, failed }) => ((accepted / (accepted + failed)) * 100).toFixed(1)],
    ['Mean duration', ({ seconds }) => formatSeconds(seconds)],
  ];
}
