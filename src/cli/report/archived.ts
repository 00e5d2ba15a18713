import type { ArchiveTotal, TotalsMessage } from '../../api/messages.ts';
import { MAX_LINES } from '../print/totals.ts';
import { daysBefore } from './days.ts';

type Ask = (query: Readonly<Record<string, string>>) => Promise<TotalsMessage>;

/** Totals by workflow and day since a day, however many lines they are, but for days that have more than one answer holds. */
export async function archivedDays(
  ask: Ask,
  from: string,
  namespace: string | undefined,
): Promise<{ readonly items: readonly ArchiveTotal[]; readonly cut: readonly string[] }> {
  const items: ArchiveTotal[] = [];
  const cut: string[] = [];
  const query = { by: 'workflow', period: 'day', since: from, limit: String(MAX_LINES) };
  for (let until: string | undefined; ; ) {
    const { items: page } = await ask({
      ...query,
      ...(namespace === undefined ? {} : { namespace }),
      ...(until === undefined ? {} : { until }),
    });
    const oldest = page.at(-1)?.period;
    if (page.length < MAX_LINES || oldest === undefined) return { items: [...items, ...page], cut };
    // The oldest day may go on behind the end of the answer.
    const whole = page.filter(({ period }) => period !== oldest);
    items.push(...(whole.length === 0 ? page : whole));
    if (whole.length === 0) cut.push(oldest);
    until = whole.length === 0 ? oldest : daysBefore(oldest, -1);
  }
}
