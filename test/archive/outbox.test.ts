import * as assert from 'uvu/assert';
import { eventsOf } from '../../src/api/run-events.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import {
  addressedSubscriptions,
  countDeliveries,
  dueDeliveries,
  forgetDeliveries,
  nextDue,
  settleDelivery,
} from '../../src/archive/deliveries.ts';
import { addressEvents, forgetEvents, writeEvents } from '../../src/archive/outbox.ts';
import { rowsOf } from '../../src/archive/rows.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archiveRun } from '../../src/archive/write.ts';
import { onBothServers } from './both-servers.ts';
import { digestOf, sampleRun } from './sample.ts';

const RECORD = { digest: digestOf('record'), time: '2026-11-01T12:00:00.000Z' };
const LATER = new Date(Date.now() + 3_600_000);
const EVERYTHING = (uid: string) => ({ uid, wants: () => true });

onBothServers('outbox', ['events', 'runs'], (test, whenOpened) => {
  let database: ArchiveDatabase;
  whenOpened((opened) => {
    ({ database } = opened);
  });
  const archive = (run: WorkflowRun) => archiveRun(database, rowsOf(run, new Set(), RECORD), eventsOf(run));
  const due = async (uid: string, now = LATER) =>
    (await dueDeliveries(database, uid, now, 100)).map(({ event_id }) => event_id);
  const settle = (uid: string, id: string, settlement: Parameters<typeof settleDelivery>[3]) =>
    settleDelivery(database, uid, id, settlement, new Date());
  const addressAll = async (...uids: readonly string[]) => {
    while ((await addressEvents(database, () => uids.map(EVERYTHING))).events > 0);
  };

  test('a run and its events are there together, or neither is', async () => {
    const run = sampleRun({ name: 'a' });
    const rows = rowsOf(run, new Set(), RECORD);
    const broken = { ...rows, results: [{ run_uid: 'nobody' }] } as never;
    assert.ok(
      await archiveRun(database, broken, eventsOf(run)).then(
        () => false,
        () => true,
      ),
    );
    assert.equal(await database.selectFrom('events').select('id').execute(), []);
    await archive(run);
    const ids = await database.selectFrom('events').select('id').orderBy('position').execute();
    assert.equal(
      ids.map(({ id }) => id),
      ['uid-shop-a.Opened', 'uid-shop-a.Accepted'],
    );
  });

  test('what is written again stays as it is, and is addressed once', async () => {
    const run = sampleRun({ name: 'a' });
    await archive(run);
    await addressAll('x');
    await settle('x', 'uid-shop-a.Opened', { state: 'delivered' });
    await archive(run);
    await writeEvents(database, { uid: run.metadata.uid ?? '', namespace: 'shop' }, eventsOf(run));
    await addressAll('x');
    assert.equal(await countDeliveries(database, 'x'), { pending: 1, delivered: 1, dead: 0 });
  });

  test('of one run the first that is left is due, whatever becomes of those of others', async () => {
    for (const name of ['a', 'b']) await archive(sampleRun({ name }));
    await addressAll('x', 'y');
    assert.equal((await due('x')).toSorted(), ['uid-shop-a.Opened', 'uid-shop-b.Opened']);
    await settle('x', 'uid-shop-a.Opened', { state: 'delivered' });
    await settle('x', 'uid-shop-b.Opened', { state: 'pending', error: 'HTTP 500', due: LATER });
    assert.equal(await due('x', new Date()), ['uid-shop-a.Accepted']);
    assert.equal((await due('x')).toSorted(), ['uid-shop-a.Accepted', 'uid-shop-b.Opened']);
    await settle('x', 'uid-shop-a.Accepted', { state: 'unwanted' });
    assert.equal(await nextDue(database, 'x'), LATER);
    await settle('x', 'uid-shop-b.Opened', { state: 'dead', error: 'HTTP 410' });
    assert.equal(await due('x'), ['uid-shop-b.Accepted'], 'what is dead holds nothing up');
    assert.equal(await countDeliveries(database, 'x'), { pending: 1, delivered: 1, dead: 1 });
    assert.equal(await countDeliveries(database, 'y'), { pending: 4, delivered: 0, dead: 0 });
    const [tried] = await database.selectFrom('deliveries').selectAll().where('state', '=', 'dead').execute();
    assert.equal([tried?.attempts, tried?.error], [2, 'HTTP 410']);
  });

  test('only those get an event who want it', async () => {
    await archive(sampleRun({ name: 'a' }));
    await archive(sampleRun({ name: 'b', namespace: 'bank' }));
    const accepted = { uid: 'x', wants: ({ name }: { readonly name: string }) => name === 'Accepted' };
    const { events, uids } = await addressEvents(database, (namespace) => (namespace === 'shop' ? [accepted] : []));
    assert.equal([events, [...uids]], [4, ['x']]);
    assert.equal(await due('x'), ['uid-shop-a.Accepted']);
    assert.is((await addressEvents(database, () => [EVERYTHING('y')])).events, 0);
  });

  test('what is old, and what was for somebody who is gone, is forgotten', async () => {
    await archive(sampleRun({ name: 'a' }));
    await addressAll('x', 'y');
    assert.equal((await addressedSubscriptions(database)).toSorted(), ['x', 'y']);
    await forgetDeliveries(database, ['x']);
    assert.equal(await addressedSubscriptions(database), ['y']);
    assert.is(await forgetEvents(database, new Date(0)), 0);
    assert.is(await forgetEvents(database, LATER), 2);
    assert.equal(await countDeliveries(database, 'y'), { pending: 0, delivered: 0, dead: 0 });
    assert.is(await nextDue(database, 'y'), undefined);
  });
});
