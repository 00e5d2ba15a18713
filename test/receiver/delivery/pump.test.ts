import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOf } from '../../../src/api/run-events.ts';
import type { Subscription } from '../../../src/api/types.gen.ts';
import { countDeliveries } from '../../../src/archive/deliveries.ts';
import { openArchive } from '../../../src/archive/open.ts';
import { addressEvents, writeEvents } from '../../../src/archive/outbox.ts';
import type { ArchiveDatabase } from '../../../src/archive/tables.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { endpointRules } from '../../../src/outbound/endpoints.ts';
import { resolveOverSockets } from '../../../src/outbound/resolve.ts';
import type { EndpointReading } from '../../../src/outbound/secret-endpoint.ts';
import { createCelEngine } from '../../../src/policy/cel/engine.ts';
import { type Pump, startPump } from '../../../src/receiver/delivery/pump.ts';
import type { Stores } from '../../../src/receiver/stores.ts';
import { createLogger } from '../../../src/telemetry/log.ts';
import { createReceiverMetrics } from '../../../src/telemetry/receiver-metrics.ts';
import { sampleRun } from '../../archive/sample.ts';
import { type EventSink, startEventSink } from '../../support/event-sink.ts';
import { eventually } from '../../support/eventually.ts';

const test = suite('pump of a Subscription');
const engine = createCelEngine({ threads: 2 });
const SECRET = 't0ken-t0ken';

let sink: EventSink;
let database: ArchiveDatabase;
let subscription: Subscription | undefined;
let reading: EndpointReading;
let statuses: Readonly<Record<string, unknown>>[];
let abort: AbortController;
let pump: Pump;
let rules = endpointRules(['https://127.0.0.1:*']);

const subscribe = (spec: Partial<Subscription['spec']> = {}): Subscription => ({
  metadata: { name: 's', namespace: 'shop', uid: 'sub' },
  spec: { http: { secretRef: { name: 'sink' } }, ...spec },
});
/** The API server's part is to keep what it is given. */
const client = {
  async apply(_kind: unknown, { metadata, status }: { readonly metadata: object; readonly status: object }) {
    statuses.push(status as Readonly<Record<string, unknown>>);
    return { metadata };
  },
} as unknown as KubeClient;

const stores: Stores = { get: () => Promise.reject(new Error('no store is asked')) };
const metrics = createReceiverMetrics();
const outcomes = async (outcome: string): Promise<number> => {
  const { values } = await metrics.events.deliveries.get();
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
};
const start = (): Pump =>
  startPump('sub', {
    ...{ database, client, engine, stores, metrics, rules, resolve: resolveOverSockets, signal: abort.signal },
    ...{ persistence: { tries: 4, firstMs: 1, maxMs: 20 }, log: createLogger('test', 'silent'), reportMs: 10 },
    subscription: () => subscription,
    endpointOf: async () => reading,
  });

test.before.each(async () => {
  sink = await startEventSink();
  ({ database } = await openArchive('sqlite::memory:'));
  [subscription, statuses, abort] = [subscribe(), [], new AbortController()];
  rules = endpointRules(['https://127.0.0.1:*']);
  const headers = { authorization: `Bearer ${SECRET}` };
  const url = new URL(`${sink.url}/in`);
  metrics.events.deliveries.reset();
  reading = { ok: true, endpoint: { url, headers, ca: sink.ca, secrets: [`Bearer ${SECRET}`, SECRET] } };
});
test.after.each(async () => {
  abort.abort();
  await pump.stopped;
  await database.destroy();
  await sink.close();
});
test.after(() => engine.close());

async function happen(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const run = sampleRun({ name });
    await writeEvents(database, { uid: run.metadata.uid ?? '', namespace: 'shop' }, eventsOf(run));
  }
  while ((await addressEvents(database, () => [{ uid: 'sub', wants: () => true }])).events > 0);
}
const untilSettled = (counts: { readonly delivered: number; readonly dead: number }) =>
  eventually('the deliveries to be settled', async () => {
    const now = await countDeliveries(database, 'sub');
    return now.pending === 0 && now.delivered === counts.delivered && now.dead === counts.dead;
  });
const taken = () => sink.taken.map(({ event }) => event.id.replace('uid-shop-', ''));
const lastStatus = () =>
  statuses.at(-1) as { readonly delivery: { readonly [name: string]: unknown } } & {
    readonly conditions: readonly { readonly reason: string; readonly message: string }[];
  };

test('an independent reader takes what it is told, of each run in its order', async () => {
  pump = start();
  await happen('a', 'b', 'c');
  pump.wake();
  await untilSettled({ delivered: 6, dead: 0 });
  for (const name of ['a', 'b', 'c']) {
    const own = taken().filter((id) => id.startsWith(`${name}.`));
    assert.equal(own, [`${name}.Opened`, `${name}.Accepted`]);
  }
  const [first] = sink.taken;
  assert.is(first?.headers.authorization, `Bearer ${SECRET}`);
  assert.is(first?.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
  assert.is(first?.event.source, '/apis/proviso.dev/v1alpha1/namespaces/shop/workflows/build');
  await eventually('the status', async () => lastStatus()?.delivery.pending === 0);
  assert.is(lastStatus().conditions[0]?.reason, 'Delivered');
});

test('in binary mode the same comes out', async () => {
  subscription = subscribe({ http: { url: sink.url, mode: 'Binary' } });
  await happen('a');
  pump = start();
  await untilSettled({ delivered: 2, dead: 0 });
  const [opened] = sink.taken;
  assert.equal(opened?.event.data, eventsOf(sampleRun({ name: 'a' }))[0]?.event.data);
  assert.equal(
    [opened?.headers['ce-type'], opened?.headers['content-type']],
    [...['dev.proviso.run.opened.v1', 'application/json']],
  );
});

test('what fails is tried again before what follows it, and holds up no other run', async () => {
  let failures = 2;
  const accept = sink.answer;
  sink.answer = (told, response) => {
    if (told.event.id !== 'uid-shop-a.Opened' || failures-- <= 0) return accept(told, response);
    response.writeHead(503).end(`no, Bearer ${SECRET}`);
  };
  await happen('a', 'b');
  pump = start();
  await untilSettled({ delivered: 4, dead: 0 });
  assert.equal(
    taken().filter((id) => id.startsWith('a.')),
    ['a.Opened', 'a.Accepted'],
  );
  assert.is(sink.told.filter(({ event }) => event.id === 'uid-shop-a.Opened').length, 3);
  await eventually('the status', async () => lastStatus()?.delivery.delivered === 4);
  const error = String(lastStatus().delivery.lastError);
  assert.match(error, /^127\.0\.0\.1:\d+ answered 503: no, \[redacted\]$/);
});

test('what is refused for good, or too often, is given up, and what follows is told', async () => {
  const accept = sink.answer;
  sink.answer = (told, response) => {
    if (told.event.id === 'uid-shop-a.Opened') response.writeHead(410).end('gone');
    else if (told.event.id === 'uid-shop-b.Opened') response.writeHead(500).end();
    else accept(told, response);
  };
  await happen('a', 'b');
  pump = start();
  await untilSettled({ delivered: 2, dead: 2 });
  assert.equal(taken().toSorted(), ['a.Accepted', 'b.Accepted']);
  const tries = (id: string) => sink.told.filter(({ event }) => event.id === id).length;
  assert.equal([tries('uid-shop-a.Opened'), tries('uid-shop-b.Opened')], [1, 4]);
  assert.equal([await outcomes('Delivered'), await outcomes('Retried'), await outcomes('Dead')], [2, 3, 2]);
});

test('what the filter leaves out is not told, and what it fails for is given up', async () => {
  subscription = subscribe({ filter: "input.data.result == 'True'" });
  await happen('a');
  pump = start();
  await untilSettled({ delivered: 1, dead: 1 });
  assert.equal(taken(), ['a.Accepted']);
  subscription = subscribe({ filter: "input.type.endsWith('opened.v1')" });
  await happen('b');
  pump.wake();
  await untilSettled({ delivered: 2, dead: 1 });
  assert.equal(taken(), ['a.Accepted', 'b.Opened']);
});

test('a filter that is none, and a Secret that is not there, give nothing up', async () => {
  subscription = subscribe({ filter: 'input.type ==' });
  await happen('a');
  pump = start();
  await eventually('the fault to be told', async () => /spec\.filter/.test(lastStatus()?.conditions[0]?.message ?? ''));
  const good = reading;
  reading = { ok: false, missing: true, message: 'there is no Secret sink' };
  subscription = subscribe();
  pump.wake();
  await eventually('that to be told', async () => /no Secret sink/.test(lastStatus()?.conditions[0]?.message ?? ''));
  assert.equal(await countDeliveries(database, 'sub'), { pending: 2, delivered: 0, dead: 0 });
  reading = good;
  pump.wake();
  await untilSettled({ delivered: 2, dead: 0 });
});

test('suspended, it waits', async () => {
  subscription = subscribe({ suspend: true });
  await happen('a');
  pump = start();
  await eventually('that to be told', async () => lastStatus()?.conditions[0]?.reason === 'Suspended');
  assert.equal(sink.told, []);
  subscription = subscribe();
  pump.wake();
  await untilSettled({ delivered: 2, dead: 0 });
});

test('attack: an endpoint inside that nobody has listed', async () => {
  rules = endpointRules([]);
  await happen('a');
  pump = start();
  await eventually('it to be given up', async () => (await countDeliveries(database, 'sub')).dead === 2);
  assert.equal(sink.told, []);
  await eventually('the reason', async () =>
    /is no address of the internet/.test(String(lastStatus().delivery.lastError)),
  );
});

test('it ends with its Subscription', async () => {
  pump = start();
  await eventually('a report', async () => statuses.length > 0);
  subscription = undefined;
  pump.wake();
  await pump.stopped;
});

test.run();
