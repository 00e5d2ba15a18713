import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { removeRun, unreferenced } from '../../src/archive/release.ts';
import { type ExpiredRun, expiredRuns, expiryOf, type Retention, workflowsWith } from '../../src/archive/retention.ts';
import { rowsOf } from '../../src/archive/rows.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archiveRun } from '../../src/archive/write.ts';
import { onBothServers } from './both-servers.ts';
import { digestOf, type SampleRun, sampleRun } from './sample.ts';

const HOUR_MS = 3600_000;
const NOW = new Date('2026-11-28T12:00:00.000Z');
const hoursAgo = (hours: number): string => new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
const record = (name: string, time = '2026-11-01T12:00:00.000Z') => ({ digest: digestOf(`record of ${name}`), time });
const BUILD = { workflowUid: 'uid-build', stores: ['default', 'another'] };

onBothServers('retention', ['runs', 'released'], (test, whenOpened) => {
  let database: ArchiveDatabase;
  whenOpened((opened) => {
    ({ database } = opened);
  });

  const put = (run: SampleRun) => archiveRun(database, rowsOf(sampleRun(run), new Set(), record(run.name)));
  const expired = (rules: readonly Retention[], limit = 100) =>
    expiredRuns(database, BUILD, expiryOf(rules, NOW), limit);
  const names = async (...rules: Retention[]) => (await expired(rules)).map((run) => run.name);
  const free = async () => (await unreferenced(database, ['default'], 100)).map(({ digest }) => digest).toSorted();

  test('age, and longer for accepted runs', async () => {
    await put({ name: 'new', started: hoursAgo(1) });
    await put({ name: 'old', started: hoursAgo(30) });
    await put({ name: 'failed', started: hoursAgo(31), succeeded: 'False' });
    await put({ name: 'ancient', started: hoursAgo(100) });
    await put({ name: 'other', started: hoursAgo(100), workflow: 'deploy' });
    assert.equal(await names({ keepFor: '24h' }), ['old', 'failed', 'ancient']);
    assert.equal(await names({ keepFor: '24h', keepAcceptedFor: '48h' }), ['failed', 'ancient']);
    assert.equal(
      (await workflowsWith(database, ['default'])).map((each) => [each.workflow_uid, each.namespace, each.workflow]),
      [
        ['uid-build', 'shop', 'build'],
        ['uid-deploy', 'shop', 'deploy'],
      ],
    );
    assert.equal(await workflowsWith(database, ['another']), []);
  });

  test('a count keeps the newest, alone or besides an age', async () => {
    for (let hours = 1; hours <= 5; hours += 1) await put({ name: `${hours}h`, started: hoursAgo(hours) });
    assert.equal(await names({ keepLast: 2 }), ['3h', '4h', '5h']);
    assert.equal(await names({ keepLast: 5 }), []);
    assert.equal(await names({ keepLast: 9 }), []);
    assert.equal(await names({ keepLast: 2, keepFor: '3h30m' }), ['4h', '5h']);
    assert.equal(await names({ keepLast: 4, keepFor: '1h' }), ['5h']);
  });

  test('of two policies each keeps', async () => {
    for (let hours = 1; hours <= 5; hours += 1) await put({ name: `${hours}h`, started: hoursAgo(hours) });
    assert.equal(await names({ keepFor: '2h30m' }, { keepLast: 4 }), ['5h']);
    assert.equal(await names({ keepFor: '4h30m' }, { keepLast: 1 }), ['5h']);
    assert.equal(await names({ keepFor: '2h30m' }, { keepFor: '1h' }), ['3h', '4h', '5h']);
  });

  test('whatever runs and policies there are, page by page: those that no rule keeps, and no other', async () => {
    const run = fc.record({ hours: fc.integer({ min: 1, max: 40 }), isAccepted: fc.boolean() });
    const hours = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined });
    const rule = fc
      .record({ age: hours, accepted: hours, keepLast: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }) })
      .filter(({ age, keepLast }) => age !== undefined || keepLast !== undefined);
    const property = fc.asyncProperty(
      fc.array(run, { maxLength: 12 }),
      fc.array(rule, { minLength: 1, maxLength: 2 }),
      async (runs, rules) => {
        await database.deleteFrom('runs').execute();
        const all = runs.map((each, index) => ({ ...each, name: String(index).padStart(2, '0') }));
        for (const { name, hours, isAccepted } of all) {
          await put({ name, started: hoursAgo(hours), seconds: 0, succeeded: isAccepted ? 'True' : 'False' });
        }
        const newestFirst = all.toSorted((a, b) => a.hours - b.hours || b.name.localeCompare(a.name));
        const wanted = newestFirst.filter((each, rank) =>
          rules.every(({ age, accepted, keepLast = 0 }) => {
            const kept = age === undefined ? 0 : each.isAccepted ? Math.max(age, accepted ?? age) : age;
            return rank >= keepLast && each.hours > kept;
          }),
        );
        const policies = rules.map(({ age, accepted, keepLast }) => ({
          ...(age === undefined ? {} : { keepFor: `${age}h` }),
          ...(age === undefined || accepted === undefined ? {} : { keepAcceptedFor: `${Math.max(age, accepted)}h` }),
          ...(keepLast === undefined ? {} : { keepLast }),
        }));
        const found: ExpiredRun[] = [];
        for (let page = await expired(policies, 3); page.length > 0; ) {
          found.push(...page);
          page = await expiredRuns(database, BUILD, expiryOf(policies, NOW), 3, page.at(-1));
        }
        assert.equal(
          found.map(({ name }) => name),
          wanted.map(({ name }) => name),
        );
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test('what a removed run referred to is free, but not while another one refers to it', async () => {
    await put({ name: 'a', materials: { own: 'a', shared: 's' }, started: hoursAgo(50) });
    await put({ name: 'b', materials: { shared: 's' }, started: hoursAgo(1) });
    const [run] = await expired([{ keepFor: '24h' }]);
    assert.is(run?.name, 'a');
    const evidence = ['a', 's'].map((bytes) => ({ store: 'default', digest: digestOf(bytes) }));
    assert.is(await removeRun(database, { ...run, record_digest: digestOf('before') } as ExpiredRun, evidence), false);
    assert.equal(await free(), []);
    assert.is(await removeRun(database, run as ExpiredRun, evidence), true);
    assert.equal(await free(), [digestOf('a'), digestOf('record of a')].toSorted());
    assert.equal(
      await database
        .selectFrom('digests')
        .select('digest')
        .where('run_uid', '=', run?.uid ?? '')
        .execute(),
      [],
    );
    await put({ name: 'c', materials: { again: 'a' } });
    assert.equal(await free(), [digestOf('record of a')]);
    assert.equal(await unreferenced(database, ['another'], 100), []);
    assert.equal(await unreferenced(database, [], 100), []);
  });

  test('of two records of a run the one that counts no more is free', async () => {
    const rows = (of: string, time: string) => rowsOf(sampleRun({ name: 'a' }), new Set(), record(of, time));
    await archiveRun(database, rows('second', '2026-11-02T00:00:00.000Z'));
    await archiveRun(database, rows('second', '2026-11-02T00:00:00.000Z'));
    assert.equal(await free(), []);
    await archiveRun(database, rows('first', '2026-11-01T00:00:00.000Z'));
    assert.equal(await free(), [digestOf('record of first')]);
    await archiveRun(database, rows('third', '2026-11-03T00:00:00.000Z'));
    assert.equal(await free(), [digestOf('record of first'), digestOf('record of second')].toSorted());
  });
});
