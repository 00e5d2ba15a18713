import { Counter, type Registry } from 'prom-client';

/** What becomes of the events that Subscriptions want. */
export interface EventMetrics {
  readonly deliveries: Counter<'namespace' | 'outcome'>;
}

/** What came of a try: it was taken, will be tried again, was given up, or the filter left the event out. */
export type DeliveryOutcome = 'Delivered' | 'Retried' | 'Dead' | 'Filtered';

export const createEventMetrics = (registry: Registry): EventMetrics => ({
  deliveries: new Counter({
    name: 'proviso_event_deliveries_total',
    help: 'Tries to deliver an event to a Subscription: Delivered, Retried, Dead when it was given up, or Filtered.',
    labelNames: ['namespace', 'outcome'],
    registers: [registry],
  }),
});
