import type { PlacedEvent } from '../api/run-events.ts';
import type { ArchiveDatabase, DeliveryTable, EventTable } from './tables.ts';

/** Whose events they are. */
export interface EventsOf {
  /** Of the run. */
  readonly uid: string;
  readonly namespace: string;
}

/** Notes what is to be told of a run; what is noted already stays as it is. */
export async function writeEvents(
  database: ArchiveDatabase,
  { uid, namespace }: EventsOf,
  events: readonly PlacedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const written = new Date().toISOString();
  const rows = events.map(
    ({ name, position, event }): EventTable => ({
      ...{ id: event.id, run_uid: uid, namespace, name, position },
      ...{ time: new Date(event.time).toISOString(), written, addressed: 0, document: JSON.stringify(event) },
    }),
  );
  await database
    .insertInto('events')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** An event that nobody has looked at yet. */
export type NewEvent = Pick<EventTable, 'id' | 'run_uid' | 'namespace' | 'name' | 'position' | 'time'>;

/** Whoever may want events. */
export interface Addressee {
  readonly uid: string;
  wants(event: NewEvent): boolean;
}

const BATCH = 100;

/**
 * Makes the deliveries of the oldest events that have none yet, all of them or none. Returns who has got some, and how many events
 * were looked at. Events of one run are looked at in their order.
 */
export async function addressEvents(
  database: ArchiveDatabase,
  addressees: (namespace: string) => readonly Addressee[],
): Promise<{ readonly events: number; readonly uids: ReadonlySet<string> }> {
  const events = await database
    .selectFrom('events')
    .select(['id', 'run_uid', 'namespace', 'name', 'position', 'time'])
    .where('addressed', '=', 0)
    .orderBy('written')
    .orderBy('run_uid')
    .orderBy('position')
    .limit(BATCH)
    .execute();
  if (events.length === 0) return { events: 0, uids: new Set() };
  const now = new Date().toISOString();
  const rows = events.flatMap((event) =>
    addressees(event.namespace)
      .filter((each) => each.wants(event))
      .map(
        ({ uid }): DeliveryTable => ({
          ...{ subscription_uid: uid, event_id: event.id, run_uid: event.run_uid, position: event.position },
          ...{ state: 'pending', attempts: 0, due: now, changed: now, error: null },
        }),
      ),
  );
  await database.transaction().execute(async (transaction) => {
    for (let from = 0; from < rows.length; from += BATCH) {
      await transaction
        .insertInto('deliveries')
        .values(rows.slice(from, from + BATCH))
        .onConflict((conflict) => conflict.columns(['subscription_uid', 'event_id']).doNothing())
        .execute();
    }
    await transaction
      .updateTable('events')
      .set({ addressed: 1 })
      .where(
        'id',
        'in',
        events.map(({ id }) => id),
      )
      .execute();
  });
  return { events: events.length, uids: new Set(rows.map((row) => row.subscription_uid)) };
}

/** Forgets events that were noted before a time, and what became of them. Returns of how many. */
export async function forgetEvents(database: ArchiveDatabase, before: Date): Promise<number> {
  const { numDeletedRows } = await database
    .deleteFrom('events')
    .where('written', '<', before.toISOString())
    .executeTakeFirst();
  return Number(numDeletedRows);
}
