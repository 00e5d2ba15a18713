import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveTotal } from '../../../src/api/messages.ts';
import { Problem } from '../../../src/api/problem.ts';
import { firstDay } from '../../../src/cli/commands/report.ts';
import { archivedDays } from '../../../src/cli/report/archived.ts';
import { daysBetween } from '../../../src/cli/report/days.ts';

const test = suite('period of a report');
const NOW = new Date('2026-11-28T00:30:00Z');

test('so many days have today as their last; a day stands for itself', () => {
  assert.is(firstDay('1d', NOW), '2026-11-28');
  assert.is(firstDay('30d', NOW), '2026-10-30');
  assert.is(firstDay('366d', NOW), '2025-11-28');
  assert.is(firstDay('2026-02-28', NOW), '2026-02-28');
  for (const since of ['0d', '367d', '30', '2026-11-29', '2025-01-01', '2026-02-99', 'yesterday', '']) {
    assert.throws(
      () => firstDay(since, NOW),
      (error: unknown) => error instanceof Problem && error.code === 'usage',
    );
  }
});

test('days go on over the end of months and years, with one in leap years', () => {
  assert.equal(daysBetween('2027-12-31', '2028-01-01'), ['2027-12-31', '2028-01-01']);
  assert.equal(daysBetween('2028-02-28', '2028-03-01').length, 3);
});

/** An archive that answers as the real one does: the latest lines, at most as many as are asked for. */
function archiveOf(perDay: Readonly<Record<string, number>>) {
  const lines: ArchiveTotal[] = Object.entries(perDay)
    .toSorted(([a], [b]) => b.localeCompare(a))
    .flatMap(([period, count]) =>
      Array.from({ length: count }, (_, at) => ({
        ...{ namespace: 'shop', of: `w${at}`, period, accepted: 1, failed: 0, seconds: 1 },
      })),
    );
  let asked = 0;
  return {
    asked: () => asked,
    ask: async ({ limit, since = '', until = '9999' }: Readonly<Record<string, string>>) => {
      asked += 1;
      const fit = lines.filter(({ period }) => period >= since && period < until);
      return { by: 'workflow', items: fit.slice(0, Number(limit)) };
    },
  };
}

test('all lines are had, however they fall on answers, and none twice', async () => {
  for (const perDay of [
    {},
    { '2026-11-28': 1 },
    { '2026-11-28': 300, '2026-11-27': 300, '2026-11-26': 300, '2026-11-20': 10 },
    { '2026-11-28': 499, '2026-11-27': 1, '2026-11-26': 500 },
    { '2026-11-28': 499, '2026-11-27': 499, '2026-10-01': 400 },
  ]) {
    const archive = archiveOf(perDay);
    const { items, cut } = await archivedDays(archive.ask, '2026-10-30', 'shop');
    const found = Object.groupBy(items, ({ period }) => period);
    for (const [day, count] of Object.entries(perDay)) {
      assert.is(new Set(found[day]?.map(({ of }) => of)).size, day < '2026-10-30' ? 0 : count, day);
      if (day >= '2026-10-30') assert.is(found[day]?.length, count, day);
    }
    assert.ok(archive.asked() <= 5);
    if (Object.values(perDay).every((count) => count < 500)) assert.equal(cut, []);
  }
});

test('a day with more lines than an answer holds is told of, and the days before it are had', async () => {
  const archive = archiveOf({ '2026-11-28': 3, '2026-11-27': 700, '2026-11-26': 5 });
  const { items, cut } = await archivedDays(archive.ask, '2026-10-30', undefined);
  assert.equal(cut, ['2026-11-27']);
  assert.is(items.filter(({ period }) => period === '2026-11-26').length, 5);
  assert.is(items.length, 3 + 500 + 5);
});

test.run();
