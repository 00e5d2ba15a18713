import type { TotalsMessage } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatSeconds } from '../print/duration.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { type ArchiveFlags, archiveQuery, nothingArchived } from './archive-filter.ts';

export interface ArchiveTotalsFlags extends ArchiveFlags {
  readonly by: string;
  readonly period: string;
}

type Total = TotalsMessage['items'][number];

/** As many lines as the receiver tells at once. */
const LINES = 500;

/** `proviso archive totals`: how many runs were accepted and failed, and how long they took, the latest period first. */
export async function archiveTotals(session: Session, flags: ArchiveTotalsFlags): Promise<number> {
  const query = archiveQuery(session, flags);
  const { by, period } = flags;
  const totals = await session.receiver().archiveTotals({ ...query, by, period, limit: String(LINES) });
  printResult(session, totals, () => {
    if (totals.items.length === 0) return nothingArchived(query);
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

function columnsOf({ by, period, all }: ArchiveTotalsFlags): readonly (readonly [string, (total: Total) => string])[] {
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
