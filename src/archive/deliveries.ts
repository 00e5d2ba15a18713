import { sql } from 'kysely';
import type { ArchiveDatabase, DeliveryTable } from './tables.ts';

/** An event that is to be told to one Subscription now. */
export interface DueDelivery extends Pick<DeliveryTable, 'event_id' | 'run_uid' | 'attempts'> {
  /** When the event was noted. */
  readonly written: string;
  /** The CloudEvent, JSON. */
  readonly document: string;
}

/** What is to be told to a Subscription by a time: of each run only the first that is still to be told. */
export const dueDeliveries = (
  database: ArchiveDatabase,
  subscription: string,
  now: Date,
  limit: number,
): Promise<readonly DueDelivery[]> =>
  firstOfRuns(database, subscription)
    .innerJoin('events', 'events.id', 'next.event_id')
    .select(['next.event_id', 'next.run_uid', 'next.attempts', 'events.written', 'events.document'])
    .where('next.due', '<=', now.toISOString())
    .orderBy('next.due')
    .orderBy('next.event_id')
    .limit(limit)
    .execute();

/** When something is to be told to it next; undefined: there is nothing. */
export async function nextDue(database: ArchiveDatabase, subscription: string): Promise<Date | undefined> {
  const row = await firstOfRuns(database, subscription)
    .select('next.due')
    .orderBy('next.due')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : new Date(row.due);
}

const firstOfRuns = (database: ArchiveDatabase, subscription: string) =>
  database
    .selectFrom('deliveries as next')
    .where('next.subscription_uid', '=', subscription)
    .where('next.state', '=', 'pending')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as earlier')
            .select('earlier.event_id')
            .where('earlier.subscription_uid', '=', subscription)
            .whereRef('earlier.run_uid', '=', 'next.run_uid')
            .where('earlier.state', '=', 'pending')
            .whereRef('earlier.position', '<', 'next.position'),
        ),
      ),
    );

/** What became of a try. `unwanted`: the Subscription's filter leaves the event out, and nothing is kept of it. */
export type Settlement =
  | { readonly state: 'delivered' | 'unwanted' }
  | { readonly state: 'dead'; readonly error: string }
  | { readonly state: 'pending'; readonly error: string; readonly due: Date };

/** Notes what became of a try. */
export async function settleDelivery(
  database: ArchiveDatabase,
  subscription: string,
  event: string,
  settlement: Settlement,
  now: Date,
): Promise<void> {
  const { state } = settlement;
  if (state === 'unwanted') {
    await database
      .deleteFrom('deliveries')
      .where('subscription_uid', '=', subscription)
      .where('event_id', '=', event)
      .execute();
    return;
  }
  await database
    .updateTable('deliveries')
    .set(({ eb }) => ({
      state,
      attempts: eb('attempts', '+', 1),
      changed: now.toISOString(),
      error: 'error' in settlement ? settlement.error : null,
      ...(settlement.state === 'pending' ? { due: settlement.due.toISOString() } : {}),
    }))
    .where('subscription_uid', '=', subscription)
    .where('event_id', '=', event)
    .execute();
}

/** How many events are on their way to a Subscription, and what became of others. */
export type DeliveryCounts = Readonly<Record<DeliveryTable['state'], number>>;

export async function countDeliveries(database: ArchiveDatabase, subscription: string): Promise<DeliveryCounts> {
  const rows = await database
    .selectFrom('deliveries')
    .select(['state', sql<number | string>`count(*)`.as('count')])
    .where('subscription_uid', '=', subscription)
    .groupBy('state')
    .execute();
  const counts = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  return { pending: 0, delivered: 0, dead: 0, ...counts };
}

/** Forgets what was for Subscriptions that aren't there any more. */
export async function forgetDeliveries(database: ArchiveDatabase, uids: readonly string[]): Promise<void> {
  if (uids.length === 0) return;
  await database
    .deleteFrom('deliveries')
    .where('subscription_uid', 'in', [...uids])
    .execute();
}

/** The Subscriptions, by uid, that something is on its way to or was told to. */
export async function addressedSubscriptions(database: ArchiveDatabase): Promise<readonly string[]> {
  const rows = await database.selectFrom('deliveries').select('subscription_uid').distinct().execute();
  return rows.map((row) => row.subscription_uid);
}
